export { PublishedEvents } from './published-events.ts'
export { type PutEventsEndpoint, startPutEventsEndpoint } from './put-events-endpoint.ts'
