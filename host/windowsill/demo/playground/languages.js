// The languages to pick from, and what they are called. Any other tag can be typed where a page may name one.

const TAGS = [
  'ar', 'bg', 'bn', 'ca', 'cs', 'da', 'de', 'el', 'en', 'es', 'et', 'fa', 'fi', 'fr', 'he', 'hi', 'hr', 'hu', 'id', 'it', 'ja',
  'kn', 'ko', 'lt', 'lv', 'mr', 'ms', 'nl', 'no', 'pl', 'pt', 'ro', 'ru', 'sk', 'sl', 'sr', 'sv', 'sw', 'ta', 'te', 'th', 'tr',
  'uk', 'ur', 'vi', 'zh', 'zh-Hant',
];

const names = new Intl.DisplayNames('en', { type: 'language' });

/** What `tag` is called in English; itself where nobody knows. */
export function languageName(tag) {
  return tag === 'und' ? 'Unknown' : names.of(tag);
}

/** Tags and names by the alphabet of the names. */
export const LANGUAGES = TAGS.map((tag) => ({ tag, name: languageName(tag) })).sort((one, other) =>
  one.name.localeCompare(other.name, 'en'),
);
