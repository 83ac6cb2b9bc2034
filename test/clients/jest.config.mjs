// `npm run test:clients`: runs the tests of this folder, with the packages of this folder.
import { shared } from '../../jest.config.mjs'

export default {
  ...shared,
  testMatch: ['<rootDir>/test/clients/*.test.ts'],
  transformIgnorePatterns: ['/node_modules/(?!(jose|oauth4webapi|uuid)/)'],
}
