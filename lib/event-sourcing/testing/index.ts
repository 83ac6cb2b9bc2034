export type { ContractCase } from './contract-case.ts'
export { eventStoreContract } from './event-store-contract.ts'
export { type Expectation, given, type Scenario } from './given.ts'
export { ownersContract } from './owners-contract.ts'
