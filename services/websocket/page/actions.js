// The dialog in which an editor kills or corrects an alert.

import { show } from "/page/elements.js";
import { act } from "/page/server.js";

const EDITOR = "tocsin.editor";

const id = (name) => document.getElementById(name);

/** Wires the dialog; `onSent(alert, action)` is told when the server has taken an action. */
export class Actions {
  constructor(onSent) {
    this.onSent = onSent;
    this.dialog = id("act");
    this.alert = null;
    this.action = "kill";
    id("act-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    id("act-cancel").addEventListener("click", () => this.dialog.close());
  }

  open(action, alert) {
    this.alert = alert;
    this.action = action;
    const kill = action === "kill";
    this.dialog.className = action;
    id("act-title").textContent = kill ? "Kill this alert" : "Correct this alert";
    id("act-about").textContent = alert.headline;
    id("act-headline-field").hidden = kill;
    id("act-headline").value = alert.headline;
    id("act-reason").value = "";
    id("act-editor").value = sessionStorage.getItem(EDITOR) ?? "";
    id("act-send").textContent = kill ? "Kill for everyone who had it" : "Send the correction";
    show(id("act-wrong"), "");
    this.dialog.showModal();
    (kill ? id("act-reason") : id("act-headline")).focus();
  }

  order() {
    const [reason, editor, headline] = ["act-reason", "act-editor", "act-headline"].map((name) => id(name).value.trim());
    if (!reason) return "Say why: everyone who had the alert is told.";
    if (!editor) return "Say who you are.";
    if (this.action === "kill") return { action: "kill", reason, editor };
    if (!headline || headline === this.alert.headline) return "Write the corrected headline.";
    return { action: "correct", reason, editor, headline };
  }

  async send() {
    const order = this.order();
    if (typeof order === "string") {
      show(id("act-wrong"), order);
      return;
    }
    sessionStorage.setItem(EDITOR, order.editor);
    id("act-send").disabled = true;
    try {
      await act(this.alert.id, order);
      this.dialog.close();
      this.onSent(this.alert, this.action);
    } catch (error) {
      show(id("act-wrong"), `Not sent: ${error.message}`);
    } finally {
      id("act-send").disabled = false;
    }
  }
}
