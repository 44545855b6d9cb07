// Making elements. Text is only ever set as text: nothing that a story says can become markup.

/** An element with a class, attributes, and children, which are elements or text. */
export function make(tag, className = "", children = [], attributes = {}) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...[children].flat().filter((child) => child !== null && child !== ""));
  return element;
}

/** Words that came from outside: their direction is their own. */
export function words(tag, className, text, attributes = {}) {
  return make(tag, className, text, { dir: "auto", ...attributes });
}

/** A bar of a share between 0 and 1; drawn by attributes, since the policy allows no style in elements. */
export function bar(share) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const filled = document.createElementNS(space, "rect");
  filled.setAttribute("width", `${Math.round(share * 100)}%`);
  filled.setAttribute("height", "100%");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(filled);
  return drawing;
}

export function show(element, text) {
  element.textContent = text;
  element.hidden = !text;
}
