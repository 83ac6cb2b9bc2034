/** A deployed Lambda function that runs on this machine. */
export interface LocalFunction {
  readonly logicalId: string
  readonly arn: string
  /**
   * Invokes synchronously (RequestResponse). Never rejects if the function fails: the result has
   * the error.
   */
  invoke(payload: unknown, options?: InvokeOptions): Promise<InvocationResult>
}

export interface InvokeOptions {
  /**
   * X-Ray's trace header, `Root=…;Parent=…;Sampled=1`, passed on as `_X_AMZN_TRACE_ID`. Default: a
   * new trace.
   */
  readonly traceHeader?: string
  /**
   * The resource that the invocation is about. Prefers an environment that has served it before.
   */
  readonly about?: string | undefined
}

export type InvocationResult =
  | { readonly status: 'ok'; readonly payload: unknown }
  | { readonly status: 'failed'; readonly error: FunctionError }
  | { readonly status: 'timed-out'; readonly error: FunctionError }

/** The error document of Lambda's answer when a function throws, dies or times out. */
export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
}
