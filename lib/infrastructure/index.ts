export { Alarms, type AlarmsProps } from './alarms.ts'
export type { AuthProps, OidcIssuer, UserSource } from './auth/index.ts'
export type { Bus, PublishProps } from './domains/published-domains.ts'
export {
  type DomainProps,
  EventSourcingApi,
  type EventSourcingApiProps,
} from './event-sourcing-api.ts'
export { DomainFunctions } from './functions/domain-functions.ts'
export { type Stage, stageOf } from './stage.ts'
export { EventTable } from './tables/event-table.ts'
