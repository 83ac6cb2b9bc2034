export { type ContractCase, eventStoreContract } from './event-store-contract.ts'
export { type Expectation, given, type Scenario } from './given.ts'
