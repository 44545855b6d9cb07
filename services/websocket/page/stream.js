// The websocket: says honestly how it stands, and comes back to where it was.

const FIRST_PAUSE = 500;
const MOST_PAUSE = 15000;
const PING = 20000;
const SILENCE = 10000;
const UNAUTHENTICATED = 4401;

/**
 * One subscription that outlives its connections.
 *
 * Tells `on.state(state, detail)` with connecting, live, reconnecting, offline; `on.alert(alert)`;
 * `on.cannotReplay(reason)`, after which the board must be loaded anew; `on.refused(detail)` for a bad key;
 * `on.error(message)`.
 */
export class Stream {
  constructor(url, key, on) {
    this.url = url;
    this.key = key;
    this.on = on;
    this.socket = null;
    this.cursor = null;
    this.filter = "";
    this.pause = FIRST_PAUSE;
    this.timers = {};
    addEventListener("online", () => this.resume());
    addEventListener("offline", () => this.drop("offline"));
  }

  /** Follow a filter from a cursor on; also the way to change the filter. */
  follow(filter, cursor) {
    this.filter = filter;
    this.cursor = cursor;
    if (this.socket?.readyState === WebSocket.OPEN) this.subscribe();
    else this.resume();
  }

  resume() {
    clearTimeout(this.timers.again);
    if (this.socket || this.cursor === null) return;
    if (!navigator.onLine) {
      this.on.state("offline");
      return;
    }
    this.on.state("connecting");
    const socket = new WebSocket(this.url, ["tocsin.v1"]);
    this.socket = socket;
    socket.onopen = () => this.greet();
    socket.onmessage = (event) => this.take(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.socket && this.closed(event);
  }

  greet() {
    const key = this.key();
    if (key) this.say({ type: "auth", key });
    this.subscribe();
  }

  subscribe() {
    this.say({ type: "subscribe", id: "board", filter: this.filter, since: this.cursor });
    this.expectSound();
  }

  say(message) {
    this.socket.send(JSON.stringify(message));
  }

  take(message) {
    clearTimeout(this.timers.silence);
    if (message.cursor) this.cursor = message.cursor;
    if (message.type === "subscribed") {
      this.pause = FIRST_PAUSE;
      this.on.state("live");
    } else if (message.type === "alert") {
      this.on.alert(message.alert);
    } else if (message.type === "cannot_replay") {
      this.on.cannotReplay(message.reason.replaceAll("_", " "));
    } else if (message.type === "error") {
      this.on.error(message);
    }
    clearTimeout(this.timers.ping);
    this.timers.ping = setTimeout(() => this.ping(), PING);
  }

  ping() {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.say({ type: "ping" });
    this.expectSound();
  }

  expectSound() {
    clearTimeout(this.timers.silence);
    this.timers.silence = setTimeout(() => this.drop("reconnecting"), SILENCE);
  }

  closed(event) {
    this.socket = null;
    clearTimeout(this.timers.ping);
    clearTimeout(this.timers.silence);
    if (event.code === UNAUTHENTICATED) {
      this.on.refused(event.reason);
      return;
    }
    this.again(event.reason);
  }

  again(reason = "") {
    if (!navigator.onLine) {
      this.on.state("offline");
      return;
    }
    const wait = this.pause * (0.5 + Math.random());
    this.pause = Math.min(this.pause * 2, MOST_PAUSE);
    this.on.state("reconnecting", { at: Date.now() + wait, reason });
    this.timers.again = setTimeout(() => this.resume(), wait);
  }

  /** Give the connection up: it says nothing, or there is no network. */
  drop(state) {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    clearTimeout(this.timers.ping);
    clearTimeout(this.timers.silence);
    if (state === "offline") this.on.state("offline");
    else this.again("the server fell silent");
  }
}
