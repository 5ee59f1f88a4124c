// @ts-check
/** Follows topics where no websocket gets through: jobs by event streams, their list by asking. */

/** @import { JobEvent, Subscription } from "./types" */

const ASK_EVERY_MS = 5_000;
const JOB = "job:";

/** Doors that need nothing but plain answers. */
export class Streams {
  /** @type {Map<string, () => void>} */
  #closers = new Map();

  /**
   * @param {() => void} onHeard something came
   * @param {(topic: string, events: JobEvent[]) => void} onEvents
   */
  constructor(onHeard, onEvents) {
    this.onHeard = onHeard;
    this.onEvents = onEvents;
  }

  /** @param {Subscription} subscription */
  follow(subscription) {
    const { topic } = subscription;
    if (this.#closers.has(topic)) return;
    const close = topic.startsWith(JOB) ? this.#stream(subscription) : this.#ask(subscription);
    this.#closers.set(topic, close);
  }

  /** Follow nothing any more. */
  close() {
    for (const close of this.#closers.values()) close();
    this.#closers.clear();
  }

  /** @param {Subscription} subscription */
  #stream(subscription) {
    const id = encodeURIComponent(subscription.topic.slice(JOB.length));
    // Who has nothing yet begins with the beginning, or is given the state when that is far away.
    subscription.after ??= 0;
    const stream = new EventSource(`/api/v1/jobs/${id}/events?after=${subscription.after}`);
    stream.addEventListener("open", () => this.onHeard());
    /** @param {string} type @param {(data: any) => void} take */
    const on = (type, take) => {
      stream.addEventListener(type, (message) => {
        this.onHeard();
        take(JSON.parse(message.data));
      });
    };
    on("message", (event) => this.onEvents(subscription.topic, [event]));
    on("live", (data) => subscription.live(data));
    on("snapshot", ({ seq, state }) => {
      subscription.after = seq;
      subscription.snapshot(state, seq);
    });
    return () => stream.close();
  }

  /** @param {Subscription} subscription */
  #ask(subscription) {
    const ask = async () => {
      try {
        const answer = await fetch(`/api/v1/${subscription.topic}?limit=20`);
        if (!answer.ok) return;
        subscription.snapshot(await answer.json(), 0);
        this.onHeard();
      } catch {
        // The next time, then; the badge says how old the list is.
      }
    };
    ask();
    const timer = setInterval(ask, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }
}
