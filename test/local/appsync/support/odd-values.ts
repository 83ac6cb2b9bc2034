import { parsedJson } from '../../../../lib/local/json.ts'

/** Names that exist in JavaScript, or that a parser could stumble over. */
export const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '__typename',
  'id',
  'x',
  '_',
]
/** Directives of a field or a fragment, most of them wrong. */
export const CONDITIONS = [
  '@skip(if: $v)',
  '@include(if: $v)',
  '@skip(if: true)',
  '@include(if: "no")',
  '@skip',
  '@skip(if: null)',
  '@deprecated',
  '@include(if: $v) @include(if: $v)',
]
/** Texts, some of which are JSON. */
export const TEXTS = [
  '',
  'ä€😀',
  '\u0000',
  '\ud800',
  'x'.repeat(300),
  '2026-11-23T21:54:19+05:30:45',
  '{"a":[1,{"__proto__":{"b":2}}]}',
  '{"toString":1}',
  `${'['.repeat(1500)}${']'.repeat(1500)}`,
  '1e400',
  'null',
]
export const JSON_TEXTS = TEXTS.filter((text) => parsedJson(text) !== undefined)
/** Values of variables. */
export const VALUES: readonly unknown[] = [
  ...TEXTS,
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  1e308,
  [],
  [[[]]],
  {},
  JSON.parse('{ "__proto__": 1 }'),
  { toString: null, valueOf: null },
  { id: {} },
  [null],
]
/** Values in a document. */
export const LITERALS = [
  'null',
  'true',
  '1e999',
  '-0',
  '"\\u0000"',
  '"""block"""',
  '[[[1]]]',
  '{a: {b: $v}}',
  'ENUM',
  '$v',
  '$toString',
  '{}',
  '99999999999999999999',
]
/** Text that damages a document. */
export const SCRAPS = [
  '{',
  '}',
  '(',
  ')',
  '"',
  '"""',
  '$',
  '@',
  '...',
  '#',
  '\n',
  '\u0000',
  '﻿',
  ':',
  '!',
  '&',
  '|',
  'on',
  'fragment',
  'query',
  'subscription',
  'type A { b: C }',
  'schema { query: A }',
  'extend type Query { a: Int }',
  '😀',
  '\ud800',
]
