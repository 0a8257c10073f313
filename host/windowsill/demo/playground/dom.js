// Makes elements. Text is only ever text here: nothing of a page, a model or a user is parsed as HTML.

/** An element with these attributes (false and undefined: absent, true: empty) and these children (elements, strings). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** A button that does `act` when it is pressed. */
export function button(label, className, act) {
  const made = make('button', { class: className, type: 'button' }, label);
  made.addEventListener('click', act);
  return made;
}
