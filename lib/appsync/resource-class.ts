import type { Aggregate, AggregateClass, AnyAggregate } from '../event-sourcing/index.ts'

/** A class of resources that queries can read. */
export type ResourceClass = AggregateClass<AnyAggregate> &
  Pick<typeof Aggregate, 'findAll' | 'findOne'>
