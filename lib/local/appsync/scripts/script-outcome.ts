/** The outcome of one handler of a script. Leaves the sandbox as JSON. */
export type ScriptOutcome = ScriptEnd & {
  readonly stash: unknown
  /** The errors passed to `util.appendError`. */
  readonly appended: readonly ScriptError[]
  /** The filter passed to `extensions.setSubscriptionFilter`. */
  readonly subscriptionFilter?: unknown
}

export type ScriptEnd =
  | { readonly end: 'return'; readonly value: unknown }
  | { readonly end: 'early-return'; readonly value: unknown }
  | { readonly end: 'error'; readonly error: ScriptError }
  | { readonly end: 'unauthorized' }
  /** The script itself is wrong: a TypeError, or a function that the local run does not have. */
  | { readonly end: 'crash'; readonly message: string }

export interface ScriptError {
  readonly message: string
  readonly type: string | null
  readonly data: unknown
  readonly errorInfo: unknown
}

/** The host functions that scripts need. Values cross the sandbox's border as text. */
export interface ScriptHost {
  randomHex(bytes: number): string
  base64Encode(text: string): string
  base64Decode(base64: string): string
  log(level: 'INFO' | 'ERROR', json: string): void
  /** Runs work with a time limit. Throws if the work takes longer. */
  limited<T>(work: () => T): T
}
