"use strict";
const data = JSON.parse(document.getElementById("data").textContent);

// The only way onto the page: whatever a text says, it becomes a text node.
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// A text and where it differs from the kept one. Above 0: so many characters are in both; below 0: in it alone.
function changes(text, diff) {
  let place = 0;
  return diff.flatMap(piece => {
    const part = typeof piece === "string" ? piece : text.slice(place, place += Math.abs(piece));
    if (piece > 0) return [part];
    const words = part.trimEnd(), space = part.slice(words.length);
    return [element(typeof piece === "string" ? "ins" : "del", { class: space ? undefined : "tight" }, words), space];
  });
}

function percent(share) {
  return (100 * share).toFixed(1) + "%";
}
