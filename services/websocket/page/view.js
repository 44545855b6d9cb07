// How an alert looks: a row of the board, and the page that says all.

import { bar, make, words } from "/page/elements.js";
import {
  age, clock, count, entitiesByType, firstReport, moment, safeUrl, signal, sources, span, weight,
} from "/page/words.js";

const STAGES = ["published", "first_seen", "classified", "enriched", "raised", "revised"];

/** One row of the board. */
export function row(alert, now, selected) {
  const item = make("li", `row ${alert.severity} ${alert.status}`, [], {
    id: rowId(alert.id),
    "data-id": alert.id,
    "data-revision": alert.revision,
    "data-testid": "alert",
    "data-status": alert.status,
    "data-severity": alert.severity,
    "aria-current": selected ? "true" : null,
  });
  const body = make("button", "open", [
    make("span", "line", [...labels(alert), since(alert, now)]),
    words(alert.status === "killed" ? "s" : "span", "headline", alert.headline, { "data-testid": "headline" }),
    make("span", "under", under(alert)),
  ], { type: "button" });
  item.append(...[band(alert), body].filter(Boolean));
  return item;
}

export function rowId(id) {
  return `alert-${id}`;
}

/** Write the ages anew, without touching anything else. */
export function tick(root, now) {
  for (const time of root.querySelectorAll("time[data-age]")) {
    time.textContent = age(new Date(time.dateTime), now);
  }
}

/** Everything that is known of an alert. `history` is its revisions, oldest first, once they are known. */
export function detail(alert, history, now, on) {
  const killed = alert.status === "killed";
  return [
    make("p", "back", make("button", "quiet", "Back to the board", { type: "button", "data-do": "back" })),
    band(alert),
    make("p", "line", [...labels(alert), since(alert, now, "first report ", " ago")]),
    words(killed ? "s" : "h2", "headline", alert.headline, killed ? { role: "heading", "aria-level": 2 } : {}),
    alert.summary && alert.summary !== alert.headline ? words("p", "summary", alert.summary) : null,
    killed ? null : make("p", "choices", [
      make("button", "quiet danger", "Kill (x)", { type: "button", "data-do": "kill", "data-testid": "kill" }),
      make("button", "quiet", "Correct (c)", { type: "button", "data-do": "correct", "data-testid": "correct" }),
      on.pending ? make("span", "pending", on.pending) : null,
    ]),
    reasons(alert),
    reports(alert, now),
    names(alert),
    revisions(alert, history),
    clocks(alert),
    make("p", "ids", `alert ${alert.id} · event ${alert.event_id}`),
  ].filter(Boolean);
}

function labels(alert) {
  return [
    make("span", "severity", alert.severity),
    alert.test ? make("span", "badge test", "TEST", { "data-testid": "test" }) : null,
    alert.status === "raised" ? null : make("span", `badge ${alert.status}`, alert.status, { "data-testid": "status" }),
    alert.revision > 1 ? make("span", "revision", `rev ${alert.revision}`) : null,
  ].filter(Boolean);
}

function since(alert, now, before = "", after = "") {
  const first = firstReport(alert);
  if (!first) return "";
  const time = make("time", "", age(first, now), { datetime: first.toISOString(), "data-age": "" });
  return make("span", "since", [before, time, after], { title: `first report ${moment(first)}` });
}

function under(alert) {
  const places = alert.places.slice(0, 2).map((place) => place.name).join(", ");
  const told = sources(alert);
  const named = told.length > 2 ? `${told.slice(0, 2).join(", ")} +${told.length - 2}` : told.join(", ");
  const parts = [places && words("span", "where", places), named && words("span", "who", named)].filter(Boolean);
  return parts.flatMap((part, index) => (index ? [make("span", "dot", "·"), part] : [part]));
}

/** What nobody may overlook. */
function band(alert) {
  if (alert.status === "killed") {
    return make("p", "band killed", [
      make("strong", "", "KILLED"), " Do not use. ", words("span", "why", alert.changes.join(" ")),
    ], { "data-testid": "band" });
  }
  if (alert.status === "corrected") {
    return make("p", "band corrected", [
      make("strong", "", "CORRECTED"), " ", words("span", "why", alert.changes.join(" ")),
    ], { "data-testid": "band" });
  }
  return null;
}

function section(title, children, testid) {
  return make("section", "", [make("h3", "", title), ...[children].flat()], { "data-testid": testid });
}

function reasons(alert) {
  if (!alert.reasons.length) return null;
  const most = Math.max(...alert.reasons.map((reason) => Math.abs(reason.weight)), 1);
  const ordered = [...alert.reasons].sort((one, other) => other.weight - one.weight);
  const rows = ordered.map((reason) => make("tr", reason.weight < 0 ? "against" : "", [
    make("th", "", signal(reason.signal), { scope: "row" }),
    make("td", "weight", weight(reason.weight)),
    make("td", "bar", bar(Math.abs(reason.weight) / most)),
    words("td", "evidence", reason.evidence),
  ]));
  const score = make("span", "score", `score ${alert.score.toFixed(2)}`);
  const table = make("table", "reasons", make("tbody", "", rows));
  return make("section", "", [make("h3", "", ["Why it rang ", score]), table], { "data-testid": "reasons" });
}

function reports(alert, now) {
  if (!alert.reports.length) return null;
  const ordered = [...alert.reports].sort((one, other) => Date.parse(one.published) - Date.parse(other.published));
  const items = ordered.map((report) => {
    const url = safeUrl(report.url);
    const published = new Date(report.published);
    const headline = url
      ? words("a", "", report.headline, { href: url, rel: "noopener noreferrer nofollow", target: "_blank" })
      : words("span", "", report.headline);
    const time = make("time", "", age(published, now), {
      datetime: report.published, "data-age": "", title: moment(published),
    });
    return make("li", "", [make("span", "told", [words("b", "", report.source), " ", time]), headline]);
  });
  return section(`${count(sources(alert).length, "source", "sources")}, first to last`, make("ol", "reports", items), "reports");
}

function names(alert) {
  const groups = entitiesByType(alert).map(({ title, names: found }) => [title, found]);
  const places = alert.places.map((place) => (place.country ? `${place.name} (${place.country})` : place.name));
  if (places.length) groups.unshift(["Where", places]);
  if (alert.topics.length) groups.push(["Topics", alert.topics.map((topic) => topic.name)]);
  if (!groups.length) return null;
  const list = groups.flatMap(([title, found]) => [
    make("dt", "", title),
    make("dd", "", found.slice(0, 12).map((name) => words("span", "chip", name))),
  ]);
  return section("Names", make("dl", "names", list), "entities");
}

function revisions(alert, history) {
  const known = history?.length ? history : [alert];
  const items = [...known].reverse().map((revision) => {
    const at = revision.clocks.revised ?? revision.clocks.raised;
    return make("li", revision.status, [
      make("span", "told", [make("b", "", `${revision.revision} ${revision.status}`), at ? ` ${clock(new Date(at))}` : ""]),
      words("span", "", revision.changes.join(" ") || (revision.revision === 1 ? "First alert." : "")),
      revision.headline === alert.headline ? null : words("span", "was", `“${revision.headline}”`),
    ]);
  });
  return section(count(alert.revision, "revision", "revisions"), make("ol", "revisions", items), "revisions");
}

function clocks(alert) {
  const known = STAGES.filter((stage) => alert.clocks[stage]).map((stage) => [stage, new Date(alert.clocks[stage])]);
  if (known.length < 2) return null;
  const steps = known.map(([stage, at], index) => {
    const took = index ? ` +${span(known[index - 1][1], at)}` : ` ${clock(at)}`;
    return make("li", "", [stage.replace("_", " "), make("b", "", took)], { title: moment(at) });
  });
  return section("Clocks", make("ol", "clocks", steps), "clocks");
}
