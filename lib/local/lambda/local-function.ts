/** A deployed Lambda function, standing on this machine. */
export interface LocalFunction {
  readonly logicalId: string
  readonly arn: string
  /** Invokes synchronously (RequestResponse). Never rejects for what the function does: see the result. */
  invoke(payload: unknown, options?: InvokeOptions): Promise<InvocationResult>
}

export interface InvokeOptions {
  /** X-Ray's trace header, `Root=…;Parent=…;Sampled=1`: becomes `_X_AMZN_TRACE_ID`. Default: a new trace. */
  readonly traceHeader?: string
  /** The resource that it is about: an environment that has served it before is preferred. */
  readonly about?: string | undefined
}

export type InvocationResult =
  | { readonly status: 'ok'; readonly payload: unknown }
  | { readonly status: 'failed'; readonly error: FunctionError }
  | { readonly status: 'timed-out'; readonly error: FunctionError }

/** The error document Lambda answers with when a function throws, dies or times out. */
export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
}
