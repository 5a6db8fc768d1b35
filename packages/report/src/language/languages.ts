import type { Catalogue, Language } from './catalogue.ts';
import { chinese } from './chinese.ts';
import { english } from './english.ts';

const catalogues: Readonly<Record<Language, Catalogue>> = { en: english, 'zh-TW': chinese };

/** Languages that pages are written in. */
export const languages: readonly Language[] = ['en', 'zh-TW'];

/** What a page says in a language. */
export const catalogueOf = (language: Language = 'en'): Catalogue => catalogues[language];

/** A word of a check in the page's language, or as the check says it. */
export const termOf = (words: Catalogue, english: string): string => words.term(english) ?? english;
