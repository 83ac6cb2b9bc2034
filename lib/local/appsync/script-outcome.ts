/** What one handler of a script came to. Crosses the sandbox's border as JSON. */
export type ScriptOutcome = ScriptEnd & {
  readonly stash: unknown
  /** What `util.appendError` was given. */
  readonly appended: readonly ScriptError[]
  /** What `extensions.setSubscriptionFilter` was given. */
  readonly subscriptionFilter?: unknown
}

export type ScriptEnd =
  | { readonly end: 'return'; readonly value: unknown }
  | { readonly end: 'early-return'; readonly value: unknown }
  | { readonly end: 'error'; readonly error: ScriptError }
  | { readonly end: 'unauthorized' }
  /** The script itself is wrong: a TypeError, or a function that does not exist here. */
  | { readonly end: 'crash'; readonly message: string }

export interface ScriptError {
  readonly message: string
  readonly type: string | null
  readonly data: unknown
  readonly errorInfo: unknown
}

/** What scripts need of the world outside. Values cross as text. */
export interface ScriptHost {
  randomHex(bytes: number): string
  base64Encode(text: string): string
  base64Decode(base64: string): string
  log(level: 'INFO' | 'ERROR', json: string): void
  /** Does what may take too long at one go. Throws if it does. */
  limited<T>(work: () => T): T
}
