/** What the API and its websocket say, as documented in docs/. */

export type JobState =
  | "queued" | "running" | "paused" | "cancelling" | "succeeded" | "partial" | "failed" | "cancelled";

export type ItemStatus =
  | "pending" | "running" | "ok" | "not_found" | "error" | "skipped" | "cancelled";

export type Counters = { total: number } & Record<ItemStatus, number>;

export interface Failure { code: string; detail: string }

export interface Job {
  id: string;
  kind: "flags";
  source: string;
  state: JobState;
  reason: string | null;
  counters: Counters;
  bytes: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  seq: number;
  run: number;
  options: Record<string, unknown>;
}

export interface Item {
  code: string;
  name: string;
  status: ItemStatus;
  attempts: number;
  http_status: number | null;
  bytes: number | null;
  sha256: string | null;
  ms: number | null;
  error: Failure | null;
  image_url: string | null;
}

/** A job and its items by code. */
export interface JobView { job: Job; items: ReadonlyMap<string, Item> }

interface Logged<Type extends string, Data> { seq: number; at: string; type: Type; data: Data }

export interface ItemOutcome {
  code: string;
  status: ItemStatus;
  http_status: number | null;
  bytes: number | null;
  sha256: string | null;
  ms: number | null;
  attempt: number;
  error: Failure | null;
}

export type JobEvent =
  | Logged<"job.created", { job: Job; codes: [code: string, name: string][] }>
  | Logged<"job.started", object>
  | Logged<"job.paused", { reason: string | null }>
  | Logged<"job.resumed", object>
  | Logged<"job.cancel_requested", object>
  | Logged<"job.retried", { run: number }>
  | Logged<"job.deleted", object>
  | Logged<"job.finished", { state: JobState; counters: Counters; reason: string | null }>
  | Logged<"item.started", { code: string; attempt: number }>
  | Logged<"item.finished", ItemOutcome>
  | Logged<"item.retry_scheduled", { code: string; attempt: number; http_status: number | null; error: Failure }>
  | Logged<"item.requeued", { code: string; reason: string }>;

export interface FieldError { field: string; code?: string; detail: string }

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: FieldError[];
}

export interface JobSnapshot { job: Job; items: Item[] }
export interface JobsSnapshot { items: Job[]; next: string | null }

export type Reply =
  | { id: number; ok: true; mode: "tail" | "replay" | "snapshot"; seq: number; state?: unknown }
  | { id: number; ok: false; problem: Problem };

export type Push =
  | { topic: string; events: JobEvent[] }
  | { topic: string; live: unknown }
  | { topic: string; deleted: string }
  | { op: "pong" };

/** One who follows a topic. `after` is the last seq that was taken over; null asks for a snapshot. */
export interface Subscription {
  topic: string;
  after: number | null;
  snapshot(state: unknown, seq: number): void;
  events(events: JobEvent[]): void;
  live(data: unknown): void;
  problem(problem: Problem): void;
}

export type Link =
  | { state: "live" }
  | { state: "connecting"; since: number; heard: number | null; isStopped: boolean }
  | { state: "waiting"; since: number; heard: number | null; isStopped: boolean; retry: number };
