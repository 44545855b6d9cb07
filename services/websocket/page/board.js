// The alerts as they stand: the highest revision of each, newest first.

const MOST = 300;

export class Board {
  constructor() {
    this.byId = new Map();
  }

  clear() {
    this.byId.clear();
  }

  /** Take a revision in. Returns "new", "changed", or null for one that is known or outdated. */
  put(alert) {
    const known = this.byId.get(alert.id);
    if (known && known.revision >= alert.revision) return null;
    this.byId.delete(alert.id);
    this.byId.set(alert.id, alert);
    if (this.byId.size > MOST) this.byId.delete(this.byId.keys().next().value);
    return known ? "changed" : "new";
  }

  get(id) {
    return this.byId.get(id);
  }

  /** Newest first by when the alert was raised, so that rows do not jump under the editor's eyes. */
  list() {
    return [...this.byId.values()].sort((one, other) => raised(other) - raised(one));
  }

  counts() {
    const all = [...this.byId.values()];
    const killed = all.filter((alert) => alert.status === "killed").length;
    return { active: all.length - killed, killed };
  }
}

function raised(alert) {
  const { raised: at, first_seen: seen, published } = alert.clocks;
  return Date.parse(at ?? seen ?? published ?? alert.reports[0]?.published ?? 0);
}
