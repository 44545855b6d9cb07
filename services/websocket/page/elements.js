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

export function show(element, text) {
  element.textContent = text;
  element.hidden = !text;
}
