// Asking the server over HTTP, and the key that is sent along. The key lives in this tab alone.

const KEY = "tocsin.key";

export class Declined extends Error {
  constructor(status, problem) {
    super(problem.detail || `the server answered ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

export function key() {
  return sessionStorage.getItem(KEY);
}

export function keepKey(text) {
  sessionStorage.setItem(KEY, text);
}

export function forgetKey() {
  sessionStorage.removeItem(KEY);
}

async function ask(method, path, { body, headers = {} } = {}) {
  const sent = { ...headers };
  if (key()) sent.Authorization = `Bearer ${key()}`;
  if (body) sent["Content-Type"] = "application/json";
  const answer = await fetch(path, { method, headers: sent, body: body && JSON.stringify(body), cache: "no-store" });
  const document = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Declined(answer.status, document);
  return document;
}

export function config() {
  return ask("GET", "/v1/config");
}

/** The newest alerts that match, and the cursor to follow them from. */
export function alerts(filter, limit) {
  return ask("GET", `/v1/alerts?${new URLSearchParams({ limit, ...(filter ? { filter } : {}) })}`);
}

export function history(id) {
  return ask("GET", `/v1/alerts/${encodeURIComponent(id)}`);
}

export function act(id, order) {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const once = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return ask("POST", `/v1/alerts/${encodeURIComponent(id)}/actions`, {
    body: order,
    headers: { "Idempotency-Key": once },
  });
}
