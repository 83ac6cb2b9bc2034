import type { AppSyncError } from './error-format.ts'

/** A document that is not executed: AppSync answers 200 with these errors and no data. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly errors: readonly AppSyncError[]

  constructor(errors: readonly AppSyncError[]) {
    super(errors.map(({ message }) => message).join('\n'))
    this.errors = errors
  }
}
