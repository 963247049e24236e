// The REST interface, as any client has it: one call, its problems, and the token.

import { recall, remember } from "./kept.js";

/** A call that the server refused, or that never reached it (`status` 0). */
export class Problem extends Error {
  constructor(status, document = {}, retryAfter = null) {
    super(document.detail ?? document.title ?? "");
    this.status = status;
    this.reason = document.reason ?? (status === 0 ? "UNREACHED" : "UNKNOWN");
    this.metadata = document.metadata ?? {};
    this.errors = document.errors ?? [];
    this.retryAfter = retryAfter;
  }
}

/** Whether somebody is signed in, as far as this browser knows. */
export function isSignedIn() {
  return recall("token") !== null;
}

/** Remembers the token of a sign-in; null forgets it. */
export function keepToken(token) {
  remember("token", token);
}

/** A random idempotency key. */
export function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The headers of a call. */
export function headersOf({ key = null, after = null, isJson = false, accept = "application/json" } = {}) {
  const headers = { accept };
  const token = recall("token");
  if (token) headers.authorization = `Bearer ${token}`;
  if (isJson) headers["content-type"] = "application/json";
  if (key) headers["idempotency-key"] = key;
  if (after) headers["last-event-id"] = after;
  return headers;
}

/** The answer to a call, as JSON. Throws Problem. */
export async function call(method, path, body = null, key = null) {
  const response = await reach(method, path, { body, key });
  return response.status === 204 ? null : whole(() => response.json());
}

/** The answer to a call, as text. Throws Problem. */
export async function text(path) {
  const response = await reach("GET", path, { accept: "*/*" });
  return whole(() => response.text());
}

/** The body of an answer; one that was cut never came. */
async function whole(read) {
  try {
    return await read();
  } catch {
    throw new Problem(0);
  }
}

/** The response to a call that went well. Throws Problem. */
export async function reach(method, path, { body = null, key = null, after = null, accept = "application/json", signal = null } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: headersOf({ key, after, isJson: body !== null, accept }),
      body: body === null ? null : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal,
    });
  } catch (failed) {
    if (signal?.aborted) throw failed;
    throw new Problem(0);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response) {
  const seconds = Number(response.headers.get("retry-after"));
  let document = {};
  try {
    document = await response.json();
  } catch {
    // A proxy's own page: its status is all that is known.
  }
  return new Problem(response.status, document, Number.isFinite(seconds) && seconds > 0 ? seconds : null);
}
