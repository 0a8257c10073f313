/** What a page can see of the extension's interface objects with these names: flat facts, path to description. */
(names) => {
  const flags = (property) => ['writable', 'enumerable', 'configurable'].filter((flag) => property[flag]).join(' ');
  const named = (call) => `${JSON.stringify(call.name)} of ${call.length}`;

  const describe = (property) => {
    const { value, get, set } = property;
    if (get || set) {
      return `get ${get ? named(get) : 'none'}, set ${set ? named(set) : 'none'}, ${flags(property)}`;
    }
    if (typeof value === 'function' && !Object.hasOwn(value, 'prototype')) {
      return `method ${named(value)}, ${flags(property)}`;
    }
    return `${typeof value === 'function' ? value.name : JSON.stringify(value)}, ${flags(property)}`;
  };

  const facts = {};
  const show = (path, holder) => {
    for (const key of Reflect.ownKeys(holder)) {
      const property = Object.getOwnPropertyDescriptor(holder, key);
      const name = typeof key === 'symbol' ? `[${key.description}]` : `.${key}`;
      facts[path + name] = key === 'prototype' ? flags(property) : describe(property);
    }
  };

  for (const name of names) {
    const property = Object.getOwnPropertyDescriptor(globalThis, name);
    if (!property || String(property.value).includes('[native code]')) {
      continue;
    }
    const { value } = property;
    facts[name] = `${typeof value}, ${flags(property)}`;
    facts[`parent of ${name}`] = Object.getPrototypeOf(value).name;
    facts[`parent of ${name}.prototype`] = Object.getPrototypeOf(value.prototype).constructor.name;
    show(name, value);
    show(`${name}.prototype`, value.prototype);
  }
  return facts;
}
