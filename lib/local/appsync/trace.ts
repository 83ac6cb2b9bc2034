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
  /** What a script sees of it among the request's headers: `x-amzn-trace-id`. */
  readonly requestHeader: string
  /** What a function is invoked with. */
  readonly functionHeader: string
  /** The document of the API's own segment; undefined where there is none. */
  segment(failed: boolean): object | undefined
}

/** A trace that the caller began goes on; otherwise a new one begins. */
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
