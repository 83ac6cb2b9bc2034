import {
  formatTraceHeader,
  newSegmentId,
  newTraceId,
  parseTraceHeader,
} from '../lambda/trace-header.ts'
import type { ApiDefinition } from './api-definition.ts'

/** The X-Ray trace that a request belongs to. */
export interface RequestTrace {
  readonly traceId: string
  /** The `x-amzn-trace-id` that a script reads in the request's headers. */
  readonly requestHeader: string
  /** The trace header for the invocation of a function. */
  readonly functionHeader: string
  /** Returns the document of the API's own segment; undefined if the request is not traced. */
  segment(failed: boolean): object | undefined
}

/** Continues the caller's trace, or begins a new one. */
export function requestTrace(api: ApiDefinition, header: string | undefined): RequestTrace {
  const given = header === undefined ? undefined : parseTraceHeader(header)
  const root = given?.root ?? newTraceId()
  const sampled = !header?.includes('Sampled=0')
  const id = newSegmentId()
  const startTime = Date.now() / 1000
  return {
    traceId: root,
    requestHeader: formatTraceHeader({
      root,
      ...(given?.parent && { parent: given.parent }),
      sampled,
    }),
    functionHeader: formatTraceHeader({ root, ...(api.xray && { parent: id }), sampled }),
    segment: (failed) =>
      api.xray && sampled
        ? {
            name: api.name,
            id,
            trace_id: root,
            ...(given?.parent && { parent_id: given.parent }),
            start_time: startTime,
            end_time: Date.now() / 1000,
            origin: 'AWS::AppSync::GraphQLAPI',
            aws: { appsync: { api_id: api.apiId } },
            ...(failed && { error: true }),
          }
        : undefined,
  }
}
