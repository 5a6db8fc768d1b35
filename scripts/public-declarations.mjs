// Reads what a package's entry exports from the declarations that tsc prints: text in, plain objects out.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Top-level statements of a declaration file. tsc prints them from column 0 and indents whatever is inside, so that no
 * parser is needed.
 * @param {string} text
 * @returns {{ text: string, isDocumented: boolean }[]} without the comments before them
 */
function statements(text) {
  const found = [];
  let comment = '';
  let current;
  for (const line of text.split('\n')) {
    if (comment !== '' && !comment.includes('*/')) comment += line;
    else if (line.startsWith('/**')) comment = line;
    else if (line.startsWith('//') || line === '') continue;
    else if (/^[\s}\])]/.test(line) && current) current.text += `\n${line}`;
    else {
      current = { text: line, isDocumented: comment !== '' };
      found.push(current);
      comment = '';
    }
  }
  return found;
}

const nameOf = (statement) =>
  /^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:class|function\*?|const|let|interface|type|enum)\s+([\w$]+)/.exec(
    statement,
  )?.[1];

/** The file that a specifier such as `./clock.ts` of a declaration file means. */
function declarationFile(from, specifier) {
  const path = join(dirname(from), specifier.replace(/\.(ts|js)$/, '.d.ts'));
  if (!existsSync(path)) throw new Error(`${from} exports from ${specifier}, and ${path} is not there`);
  return path;
}

/** Comments inside a declaration, and the blank lines they leave. */
const withoutComments = (text) =>
  text
    .replace(/\/\*\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+(#private|private) ?.*;$/.test(line))
    .join('\n');

/**
 * Everything an entry exports, by name.
 * @param {string} file the entry's `.d.ts`
 * @returns {Map<string, { text: string, isDocumented: boolean }>} overloads are one text
 */
export function publicDeclarations(file) {
  const exported = new Map();
  const own = new Map();
  const add = (into, name, one) => {
    const before = into.get(name);
    // An overload, or a type and a value of one name.
    const isNew = before && before.text !== one.text;
    into.set(name, isNew ? { text: `${before.text}\n${one.text}`, isDocumented: before.isDocumented } : one);
  };
  const all = statements(readFileSync(file, 'utf8'));
  for (const { text, isDocumented } of all) {
    const name = nameOf(text);
    if (name === undefined) continue;
    const plain = withoutComments(text)
      .replace(/^export /, '')
      .replace(/^declare /, '');
    add(own, name, { text: plain, isDocumented });
    if (text.startsWith('export ')) add(exported, name, { text: plain, isDocumented });
  }
  for (const { text } of all) {
    const whole = /^export \* as (\w+) from ['"](.+?)['"];/.exec(text);
    if (whole) {
      for (const [name, one] of publicDeclarations(declarationFile(file, whole[2])))
        add(exported, `${whole[1]}.${name}`, one);
      continue;
    }
    const star = /^export \* from ['"](.+?)['"];/.exec(text);
    if (star) {
      for (const [name, one] of publicDeclarations(declarationFile(file, star[1]))) add(exported, name, one);
      continue;
    }
    const list = /^export (?:type )?\{([\s\S]*?)\}(?: from ['"](.+?)['"])?;/.exec(text);
    if (!list) continue;
    const from = list[2] === undefined ? own : publicDeclarations(declarationFile(file, list[2]));
    for (const part of list[1].split(',').map((one) => one.trim().replace(/^type /, ''))) {
      if (part === '') continue;
      const [inside, outside = inside] = part.split(/ as /);
      const one = from.get(inside);
      if (one === undefined) throw new Error(`${file}: ${inside} is exported, and its declaration was not found`);
      add(exported, outside, one);
    }
  }
  return exported;
}
