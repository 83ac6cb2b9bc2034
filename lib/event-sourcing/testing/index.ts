export type { ContractCase } from './contract-case.ts'
export { eventStoreContract } from './event-store-contract.ts'
export { type Expectation, type GivenOptions, given, type Scenario } from './given.ts'
export {
  type Committed,
  committed,
  type GivenReactorOptions,
  givenReactor,
  type ReactorExpectation,
  type ReactorScenario,
} from './given-reactor.ts'
export { ownersContract } from './owners-contract.ts'
