// The desk: loads the board, follows the stream, and obeys the keyboard.

import { Actions } from "/page/actions.js";
import { Board } from "/page/board.js";
import { show } from "/page/elements.js";
import * as server from "/page/server.js";
import { Stream } from "/page/stream.js";
import { detail, row, rowId, tick } from "/page/view.js";
import { clock, count } from "/page/words.js";

const SHOWN = 200;
const RETRY = 3000;
const NOTICE = 60000;
const id = (name) => document.getElementById(name);
const wide = matchMedia("(min-width: 60rem)");

const board = new Board();
const histories = new Map();
const pending = new Map();
const actions = new Actions((alert, action) => {
  pending.set(alert.id, action === "kill" ? "Kill sent; it comes with the stream." : "Correction sent; it comes with the stream.");
  drawDetail();
});
let filter = new URLSearchParams(location.hash.slice(1)).get("filter") ?? "";
let selected = null;
let stream = null;
let asked = 0;
let noticed = 0;
let state = { name: "connecting", at: new Date() };

async function load(wanted) {
  const mine = ++asked;
  try {
    const { items, next } = await server.alerts(wanted, SHOWN);
    if (mine !== asked) return;
    filter = wanted;
    history.replaceState(null, "", wanted ? `#${new URLSearchParams({ filter: wanted })}` : location.pathname);
    show(id("filter-error"), "");
    board.clear();
    for (const alert of items.reverse()) board.put(alert);
    draw();
    stream.follow(filter, next);
  } catch (error) {
    if (mine === asked) troubled(error, wanted);
  }
}

function troubled(error, wanted) {
  if (error.status === 401) askKey(server.key() ? error.message : "");
  else if (error.problem?.code === "invalid_filter") {
    show(id("filter-error"), error.message);
    if (stream.cursor === null) load("");
  } else {
    setState("reconnecting", { at: Date.now() + RETRY });
    setTimeout(() => load(wanted), RETRY);
  }
}

function askKey(wrong) {
  server.forgetKey();
  show(id("key-wrong"), wrong);
  if (!id("ask-key").open) id("ask-key").showModal();
}

function onAlert(alert) {
  const what = board.put(alert);
  if (!what) return;
  histories.delete(alert.id);
  pending.delete(alert.id);
  draw();
  const item = id(rowId(alert.id));
  item?.classList.add("fresh");
  announce(alert, what);
  if (alert.id === selected) loadHistory(alert.id);
}

function notice(text) {
  show(id("notice"), text);
  clearTimeout(noticed);
  noticed = setTimeout(() => show(id("notice"), ""), NOTICE);
}

function announce(alert, what) {
  const about = `${alert.status === "raised" ? alert.severity : alert.status}: ${alert.headline}`;
  const now = alert.status === "killed" || (alert.severity === "flash" && what === "new");
  if (now) id("said-now").textContent = `${about} ${alert.status === "killed" ? alert.changes.join(" ") : ""}`;
  else if (alert.interrupt || what === "new") id("said").textContent = about;
}

function draw() {
  const list = board.list();
  const now = new Date();
  if (!board.get(selected)) selected = wide.matches ? (list[0]?.id ?? null) : null;
  const focused = document.activeElement?.closest("li.row")?.dataset.id;
  id("board").replaceChildren(...list.map((alert) => row(alert, now, alert.id === selected)));
  if (focused) id(rowId(focused))?.querySelector("button").focus({ preventScroll: true });
  id("empty").hidden = list.length > 0;
  const { active, killed } = board.counts();
  id("count").textContent = `${active} active${killed ? `, ${killed} killed` : ""}`;
  document.title = `${count(active, "alert", "alerts")} · Tocsin`;
  drawDetail();
}

function drawDetail() {
  const alert = board.get(selected);
  const page = id("detail");
  page.hidden = !alert;
  if (!alert) {
    document.body.classList.remove("reading");
    return;
  }
  page.className = `detail ${alert.severity} ${alert.status}`;
  page.dataset.id = alert.id;
  page.replaceChildren(...detail(alert, histories.get(alert.id), new Date(), { pending: pending.get(alert.id) }));
  if (!histories.has(alert.id)) loadHistory(alert.id);
}

async function loadHistory(alertId) {
  histories.set(alertId, []);
  try {
    const { revisions } = await server.history(alertId);
    histories.set(alertId, revisions);
    if (alertId === selected) drawDetail();
  } catch {
    histories.delete(alertId); // it is asked for again when the alert is opened again
  }
}

function select(alertId, { read = false, scroll = true } = {}) {
  if (!board.get(alertId)) return;
  const before = selected && id(rowId(selected));
  before?.removeAttribute("aria-current");
  selected = alertId;
  const item = id(rowId(alertId));
  item.setAttribute("aria-current", "true");
  if (scroll) item.scrollIntoView({ block: "nearest" });
  histories.delete(alertId);
  drawDetail();
  id("detail").scrollTop = 0;
  if (read) {
    document.body.classList.add("reading");
    id("detail").focus({ preventScroll: true });
  }
}

function back() {
  document.body.classList.remove("reading");
  if (selected) id(rowId(selected))?.querySelector("button").focus();
}

function step(by) {
  const ids = board.list().map((alert) => alert.id);
  const here = ids.indexOf(selected);
  const next = here < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, here + by));
  if (ids.length) select(ids[next]);
}

function order(action) {
  const alert = board.get(selected);
  if (alert && alert.status !== "killed") actions.open(action, alert);
}

function setState(name, { at = 0, reason = "" } = {}) {
  if (name !== "live" && state.name === "live") state.since = new Date();
  state = { name, at, reason, since: name === "live" ? null : state.since };
  drawState();
}

function drawState() {
  const wait = Math.max(0, Math.ceil((state.at - Date.now()) / 1000));
  const stale = state.since ? `, as of ${clock(state.since)}` : "";
  const texts = {
    connecting: `Connecting${stale}`,
    live: "Live",
    reconnecting: `Reconnecting${wait ? ` in ${wait} s` : ""}${stale}`,
    offline: `Offline${stale}`,
  };
  const element = id("state");
  if (element.textContent !== texts[state.name]) element.textContent = texts[state.name];
  element.dataset.state = state.name;
  element.title = state.reason ?? "";
  document.body.classList.toggle("stale", Boolean(state.since));
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: () => order("kill"),
  c: () => order("correct"),
  "/": () => id("filter").focus(),
  "?": () => id("help").showModal(),
  Escape: back,
};

function onKey(event) {
  const typing = event.target.closest("input, textarea, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && !event.target.closest("button, a") && selected) select(selected, { read: true });
  else if (KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key]();
  }
}

function wire() {
  document.addEventListener("keydown", onKey);
  id("board").addEventListener("click", (event) => {
    const item = event.target.closest("li.row");
    if (item) select(item.dataset.id, { read: true, scroll: false });
  });
  id("detail").addEventListener("click", (event) => {
    const what = event.target.closest("[data-do]")?.dataset.do;
    if (what === "back") back();
    else if (what) order(what);
  });
  id("filter").value = filter;
  id("filter").addEventListener("keydown", (event) => event.key === "Escape" && id("filter").blur());
  id("filter-form").addEventListener("submit", (event) => {
    event.preventDefault();
    load(id("filter").value.trim());
  });
  id("help-open").addEventListener("click", () => id("help").showModal());
  id("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    server.keepKey(id("key").value.trim());
    id("key").value = "";
    id("ask-key").close();
    load(filter);
  });
  id("ask-key").addEventListener("cancel", (event) => event.preventDefault());
  setInterval(() => {
    tick(document, new Date());
    drawState();
  }, 1000);
}

async function begin() {
  let known = null;
  try {
    known = await server.config();
  } catch {
    setState("reconnecting", { at: Date.now() + RETRY });
    setTimeout(begin, RETRY);
    return;
  }
  stream = new Stream(known.stream, server.key, {
    state: setState,
    alert: onAlert,
    refused: askKey,
    error: (message) => notice(`The stream says: ${message.detail}`),
    cannotReplay: (reason) => {
      notice(`Some changes could not be replayed (${reason}): at ${clock(new Date())} the board was loaded anew.`);
      load(filter);
    },
  });
  if (known.key_needed && !server.key()) askKey("");
  else load(filter);
}

wire();
begin();
