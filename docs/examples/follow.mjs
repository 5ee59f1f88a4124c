/**
 * Search, start a download, follow it to its end whatever the connection does.
 *
 * node follow.mjs [URL [SOURCE]], with node 22 or newer and nothing else.
 */

import { argv } from "node:process";

const [base = "http://127.0.0.1:8888", source = "delay"] = argv.slice(2);
const RETRY_MS = 1000;
const SILENCE_MS = 10_000;

/** @typedef {{seq: number, type: string, data: {code?: string}}} JobEvent */

/**
 * @param {string} path
 * @param {RequestInit} [request]
 */
async function answer(path, request) {
  const response = await fetch(new URL(path, base), request);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/**
 * Give each event after that one to `apply`, until the connection ends or `apply` says that it is enough.
 *
 * @param {string} id
 * @param {number} after
 * @param {(event: JobEvent) => boolean} apply
 * @returns {Promise<void>}
 */
function connection(id, after, apply) {
  return new Promise((ended, failed) => {
    const socket = new WebSocket(new URL("/api/v1/events", base.replace(/^http/, "ws")), "charfinder.v1");
    let isHeard = true;
    // A connection that died without a word answers no ping, and ends here.
    const pulse = setInterval(() => {
      if (!isHeard) return end();
      isHeard = false;
      if (socket.readyState === WebSocket.OPEN) socket.send('{"op": "ping"}');
    }, SILENCE_MS);
    const end = () => {
      clearInterval(pulse);
      socket.close();
      ended();
    };
    socket.onopen = () =>
      socket.send(JSON.stringify({ id: 1, op: "subscribe", topic: `job:${id}`, after }));
    socket.onmessage = ({ data }) => {
      isHeard = true;
      const frame = JSON.parse(data);
      if (frame.problem) failed(new Error(frame.problem.detail));
      if (frame.events?.some(apply)) end();
    };
    socket.onclose = end;
  });
}

const { items } = await answer("/api/v1/characters?q=cat+eyes");
for (const { id, char, name } of items) console.log(id, char, name);

const job = await answer("/api/v1/jobs", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ source, select: { preset: "pop20" }, existing: "replace" }),
});

let last = 0;
let over = false;
for (;;) {
  await connection(job.id, last, ({ seq, type, data }) => {
    if (seq !== last + 1) return false;
    last = seq;
    over = type === "job.finished";
    console.log(seq, type, data.code ?? "");
    return over;
  });
  if (over) break;
  console.error(`The connection is lost after ${last}.`);
  await new Promise((resume) => setTimeout(resume, RETRY_MS));
}
