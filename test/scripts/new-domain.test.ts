import { nameErrors } from '../../scripts/new/names.ts'

const SCHEMA = 'type Order {\n}\n\ntype OrderEvent {\n}\n\nenum OrderStatus {\n}\n'

test.each([
  ['shipping', 'Parcel'],
  ['order-entry', 'ATM3Machine'],
])('the domain %s and the resource %s are accepted', (domain, resource) => {
  expect(nameErrors(domain, resource, SCHEMA)).toEqual([])
})

test.each([
  ['Shipping', 'Parcel', /lowercase folder name like shipping or order-entry; got Shipping/],
  ['../shipping', 'Parcel', /got \.\.\/shipping/],
  ['local', 'Parcel', /lib\/local belongs to the framework/],
  ['shipping', 'parcel', /letters and digits like Parcel; got parcel/],
  ['shipping', 'Par cel', /got Par cel/],
  ['shipping', 'Query', /Query is a name of GraphQL/],
  ['shipping', 'AWSThing', /AWSThing is a name of GraphQL or AppSync/],
  ['shipping', 'ParcelEvent', /ParcelEvent ends with a suffix of the framework/],
  ['shipping', 'Order', /schema\.graphql already has a type Order:/],
  ['shipping', 'OrderStatus', /schema\.graphql already has a type OrderStatus:/],
])('the domain %s with the resource %s is rejected with the reason', (domain, resource, reason) => {
  expect(nameErrors(domain, resource, SCHEMA)).toEqual([expect.stringMatching(reason)])
})
