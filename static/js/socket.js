// @ts-check
/**
 * Follows topics of the server's events over one websocket, and comes back when it breaks. Where
 * none gets through, streams do until one does.
 */

import { Streams } from "./stream.js";

/** @import { JobEvent, Link, Push, Reply, Subscription } from "./types" */

const PROTOCOL = "charfinder.v1";
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const PING_EVERY_MS = 15_000;
// Browsers hide the websocket's own pings, so a dead connection shows by silence only.
const SILENCE_MS = 35_000;
const REPLY_MS = 5_000;
// So many sockets in a row that nothing came through: something between does not like them.
const REFUSALS = 2;
// The code of a server that stops.
const GOING_AWAY = 1001;

function endpoint() {
  const url = new URL("/api/v1/events", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

/**
 * Those of the events that come next after `last`, in order.
 * @param {number} last
 * @param {JobEvent[]} events
 * @returns {{next: JobEvent[], gap: boolean}} gap: some before them are missing
 */
export function following(last, events) {
  const next = [];
  for (const event of events) {
    if (event.seq <= last) continue;
    if (event.seq > last + 1) return { next, gap: true };
    next.push(event);
    last = event.seq;
  }
  return { next, gap: false };
}

/** A connection that outlives its sockets. */
export class Events {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<string, Subscription>} */
  #topics = new Map();
  /** @type {Map<number, string>} */
  #asked = new Map();
  #ids = 0;
  #failures = 0;
  #refusals = 0;
  #streams = new Streams(() => this.#hearStream(), (topic, events) => this.#onEvents(topic, events));
  /** @type {number | null} */
  #heard = null;
  #deadline = Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {Link} */
  #link = { state: "connecting", since: Date.now(), heard: null, isStopped: false };
  // The server has said goodbye and not been heard of since.
  #isStopped = false;

  /** @param {(link: Link) => void} onLink */
  constructor(onLink) {
    this.onLink = onLink;
    addEventListener("online", () => this.now());
    addEventListener("offline", () => this.#probe());
    addEventListener("pageshow", (event) => { if (event.persisted) this.now(); });
    addEventListener("pagehide", () => this.#socket?.close());
    document.addEventListener("visibilitychange", () => this.#onVisible());
    setInterval(() => this.#beat(), 1000);
    this.#connect();
  }

  /** @param {Subscription} subscription */
  subscribe(subscription) {
    this.#topics.set(subscription.topic, subscription);
    if (this.#refusals >= REFUSALS) this.#streams.follow(subscription);
    else this.#ask(subscription);
  }

  /** Connect without waiting any longer, when it is not connected. */
  now() {
    if (this.#socket) return;
    this.#failures = 0;
    this.#connect();
  }

  #connect() {
    clearTimeout(this.#retry);
    const socket = new WebSocket(endpoint(), PROTOCOL);
    this.#socket = socket;
    this.#deadline = Date.now() + REPLY_MS;
    if (!this.#isStreaming()) {
      this.#show({ state: "connecting", ...this.#standing() });
    }
    socket.addEventListener("open", () => {
      for (const subscription of this.#topics.values()) this.#ask(subscription);
    });
    socket.addEventListener("message", (event) => this.#onMessage(event));
    socket.addEventListener("close", ({ code }) => {
      if (socket === this.#socket && code === GOING_AWAY) this.#isStopped = true;
      this.#onClose(socket);
    });
  }

  #isStreaming() {
    return this.#refusals >= REFUSALS && Date.now() - (this.#heard ?? 0) < SILENCE_MS;
  }

  #hearStream() {
    this.#heard = Date.now();
    this.#show({ state: "live" });
  }

  #standing() {
    const since = this.#link.state === "live" ? Date.now() : this.#link.since;
    return { since, heard: this.#heard, isStopped: this.#isStopped };
  }

  /** @param {Link} link */
  #show(link) {
    this.#link = link;
    this.onLink(link);
  }

  /** @param {WebSocket} socket */
  #onClose(socket) {
    // A late farewell of a socket that was given up already.
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#asked.clear();
    this.#deadline = Infinity;
    this.#refusals += 1;
    if (this.#refusals >= REFUSALS) {
      for (const subscription of this.#topics.values()) this.#streams.follow(subscription);
    }
    // Full jitter: after a restart of the server its clients must not all come at once.
    const wait = Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#connect(), wait);
    if (!this.#isStreaming()) {
      this.#show({ state: "waiting", ...this.#standing(), retry: Date.now() + wait });
    }
  }

  /** @param {Subscription} subscription */
  #ask({ topic, after }) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    if ([...this.#asked.values()].includes(topic)) return;
    this.#ids += 1;
    this.#asked.set(this.#ids, topic);
    this.#send({ id: this.#ids, op: "subscribe", topic, after });
  }

  /** @param {object} frame */
  #send(frame) {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** @param {MessageEvent} message */
  #onMessage(message) {
    this.#heard = Date.now();
    this.#deadline = this.#heard + SILENCE_MS;
    this.#refusals = 0;
    this.#isStopped = false;
    this.#streams.close();
    /** @type {Reply | Push} */
    const frame = JSON.parse(message.data);
    if ("id" in frame) this.#onReply(frame);
    else if ("events" in frame) this.#onEvents(frame.topic, frame.events);
    else if ("live" in frame) this.#topics.get(frame.topic)?.live(frame.live);
  }

  /** @param {Reply} reply */
  #onReply(reply) {
    const subscription = this.#topics.get(this.#asked.get(reply.id) ?? "");
    this.#asked.delete(reply.id);
    if (!subscription) return;
    this.#failures = 0;
    this.#show({ state: "live" });
    if (!reply.ok) {
      this.#topics.delete(subscription.topic);
      subscription.problem(reply.problem);
    } else if (reply.mode === "snapshot") {
      // Lists have no seq to go on from: they ask for a snapshot each time.
      if (subscription.topic !== "jobs") subscription.after = reply.seq;
      subscription.snapshot(reply.state, reply.seq);
    }
  }

  /** @param {string} topic @param {JobEvent[]} events */
  #onEvents(topic, events) {
    const subscription = this.#topics.get(topic);
    if (!subscription || subscription.after === null) return;
    const { next, gap } = following(subscription.after, events);
    subscription.after += next.length;
    if (next.length) subscription.events(next);
    if (gap) this.#ask(subscription);
  }

  #onVisible() {
    if (document.visibilityState !== "visible") return;
    this.now();
    this.#probe();
  }

  /** The machine may have slept, or lost its network: a live connection answers at once. */
  #probe() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#send({ op: "ping" });
    this.#deadline = Math.min(this.#deadline, Date.now() + REPLY_MS);
  }

  #beat() {
    const socket = this.#socket;
    if (!socket) return;
    if (Date.now() > this.#deadline) {
      socket.close();
      this.#onClose(socket);
    } else if (socket.readyState === WebSocket.OPEN && Date.now() - (this.#heard ?? 0) > PING_EVERY_MS) {
      this.#send({ op: "ping" });
    }
  }
}
