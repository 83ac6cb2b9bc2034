import { nameErrors } from '../../scripts/new/names.ts'

const SCHEMA = 'type Order {\n}\n\ntype OrderEvent {\n}\n\nenum OrderStatus {\n}\n'

test.each([
  ['shipping', 'Parcel'],
  ['order-entry', 'ATM3Machine'],
])('%s and %s are good names', (domain, resource) => {
  expect(nameErrors(domain, resource, SCHEMA)).toEqual([])
})

test.each([
  ['Shipping', 'Parcel', /small letters, like shipping or order-entry; got Shipping/],
  ['../shipping', 'Parcel', /got \.\.\/shipping/],
  ['local', 'Parcel', /lib\/local belongs to the framework/],
  ['shipping', 'parcel', /letters and digits, like Parcel; got parcel/],
  ['shipping', 'Par cel', /got Par cel/],
  ['shipping', 'Query', /Query is a name of GraphQL/],
  ['shipping', 'AWSThing', /AWSThing is a name of GraphQL or AppSync/],
  ['shipping', 'ParcelEvent', /ParcelEvent ends like a name that the framework makes/],
  ['shipping', 'Order', /schema\.graphql has a type Order already/],
  ['shipping', 'OrderStatus', /schema\.graphql has a type OrderStatus already/],
])('%s and %s are refused, with the reason', (domain, resource, reason) => {
  expect(nameErrors(domain, resource, SCHEMA)).toEqual([expect.stringMatching(reason)])
})
