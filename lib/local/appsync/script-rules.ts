/**
 * What the APPSYNC_JS runtime refuses, as far as it shows without parsing: keywords, looked for in
 * code whose comments and strings are gone. AppSync's own lint (`npm run lint`) knows the rest.
 * https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
 */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [keyword('async|await'), 'async and await'],
  [keyword('try|catch|finally'), 'try and catch: use util.error'],
  [keyword('throw'), 'throw: use util.error'],
  [keyword('class|new|this'), 'classes, new and this'],
  [keyword('while|do'), 'while loops: use for…of or array functions'],
  [keyword('continue'), 'continue'],
  [keyword('yield'), 'generators'],
  [/(?<![\w$.])for\s*\([^)]*;/, 'for (;;) loops: use for…in, for…of or array functions'],
  [/\+\+|--/, '++ and --: use += 1'],
  [/(?<![\w$])Promise\b/, 'promises'],
]

/** @throws Error that says what the script uses and AppSync does not allow */
export function checkScript(code: string): void {
  const bare = code.replaceAll(/(["'`])(?:\\.|(?!\1)[^\\])*\1/gs, '""')
  const refused = REFUSED.filter(([pattern]) => pattern.test(bare)).map(([, what]) => what)
  if (refused.length > 0) {
    throw new Error(`APPSYNC_JS does not support ${refused.join('; nor ')}`)
  }
}

/** The words where they are no property and no key. */
function keyword(words: string): RegExp {
  return new RegExp(String.raw`(?<![\w$.])(?:${words})(?![\w$]|\s*:)`)
}
