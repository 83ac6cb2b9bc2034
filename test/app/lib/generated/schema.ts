import type { FieldFunction as ResolverFn } from '../../../../lib/appsync/resolvers/field.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type { ResolverFn };
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  AWSDate: { input: string; output: string; }
  AWSDateTime: { input: string; output: string; }
  AWSEmail: { input: string; output: string; }
  AWSIPAddress: { input: string; output: string; }
  AWSJSON: { input: unknown; output: unknown; }
  AWSPhone: { input: string; output: string; }
  AWSTime: { input: string; output: string; }
  AWSTimestamp: { input: number; output: number; }
  AWSURL: { input: string; output: string; }
};

export type AddSeatsInput = {
  readonly amount: Scalars['Int']['input'];
  readonly commandId?: InputMaybe<Scalars['ID']['input']>;
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  readonly id?: InputMaybe<Scalars['ID']['input']>;
};

export type Booking = {
  readonly concertId: Scalars['ID']['output'];
  readonly id: Scalars['ID']['output'];
  readonly quantity: Scalars['Int']['output'];
  readonly reason?: Maybe<Scalars['String']['output']>;
  readonly status: BookingStatus;
  readonly version: Scalars['Int']['output'];
};

export type BookingEvent = {
  readonly actor?: Maybe<Scalars['String']['output']>;
  readonly commandId?: Maybe<Scalars['ID']['output']>;
  readonly concertId?: Maybe<Scalars['ID']['output']>;
  readonly created: Scalars['AWSDateTime']['output'];
  readonly id: Scalars['ID']['output'];
  readonly number: Scalars['Int']['output'];
  readonly owner?: Maybe<Scalars['ID']['output']>;
  readonly quantity?: Maybe<Scalars['Int']['output']>;
  readonly reason?: Maybe<Scalars['String']['output']>;
  readonly reserved?: Maybe<Scalars['Int']['output']>;
  readonly traceId?: Maybe<Scalars['String']['output']>;
  readonly truncated?: Maybe<Scalars['Boolean']['output']>;
  readonly type: Scalars['String']['output'];
};

export type BookingEventInput = {
  readonly actor?: InputMaybe<Scalars['String']['input']>;
  readonly commandId?: InputMaybe<Scalars['ID']['input']>;
  readonly concertId?: InputMaybe<Scalars['ID']['input']>;
  readonly created: Scalars['AWSDateTime']['input'];
  readonly id: Scalars['ID']['input'];
  readonly number: Scalars['Int']['input'];
  readonly owner?: InputMaybe<Scalars['ID']['input']>;
  readonly quantity?: InputMaybe<Scalars['Int']['input']>;
  readonly reason?: InputMaybe<Scalars['String']['input']>;
  readonly reserved?: InputMaybe<Scalars['Int']['input']>;
  readonly traceId?: InputMaybe<Scalars['String']['input']>;
  readonly truncated?: InputMaybe<Scalars['Boolean']['input']>;
  readonly type: Scalars['String']['input'];
};

export type BookingPage = {
  readonly behind?: Maybe<Scalars['Boolean']['output']>;
  readonly items: ReadonlyArray<Booking>;
  readonly nextToken?: Maybe<Scalars['String']['output']>;
};

export type BookingStatus =
  | 'CANCELLED'
  | 'CONFIRMED'
  | 'PLACED'
  | 'REJECTED';

export type CancelBookingInput = {
  readonly commandId?: InputMaybe<Scalars['ID']['input']>;
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  readonly id: Scalars['ID']['input'];
};

export type Concert = {
  readonly id: Scalars['ID']['output'];
  readonly quantity: Scalars['Int']['output'];
  readonly status: ConcertStatus;
  readonly version: Scalars['Int']['output'];
};

export type ConcertEvent = {
  readonly actor?: Maybe<Scalars['String']['output']>;
  readonly amount?: Maybe<Scalars['Int']['output']>;
  readonly commandId?: Maybe<Scalars['ID']['output']>;
  readonly created: Scalars['AWSDateTime']['output'];
  readonly id: Scalars['ID']['output'];
  readonly number: Scalars['Int']['output'];
  readonly owner?: Maybe<Scalars['ID']['output']>;
  readonly quantity?: Maybe<Scalars['Int']['output']>;
  readonly reference?: Maybe<Scalars['ID']['output']>;
  readonly traceId?: Maybe<Scalars['String']['output']>;
  readonly truncated?: Maybe<Scalars['Boolean']['output']>;
  readonly type: Scalars['String']['output'];
};

export type ConcertEventInput = {
  readonly actor?: InputMaybe<Scalars['String']['input']>;
  readonly amount?: InputMaybe<Scalars['Int']['input']>;
  readonly commandId?: InputMaybe<Scalars['ID']['input']>;
  readonly created: Scalars['AWSDateTime']['input'];
  readonly id: Scalars['ID']['input'];
  readonly number: Scalars['Int']['input'];
  readonly owner?: InputMaybe<Scalars['ID']['input']>;
  readonly quantity?: InputMaybe<Scalars['Int']['input']>;
  readonly reference?: InputMaybe<Scalars['ID']['input']>;
  readonly traceId?: InputMaybe<Scalars['String']['input']>;
  readonly truncated?: InputMaybe<Scalars['Boolean']['input']>;
  readonly type: Scalars['String']['input'];
};

export type ConcertPage = {
  readonly behind?: Maybe<Scalars['Boolean']['output']>;
  readonly items: ReadonlyArray<Concert>;
  readonly nextToken?: Maybe<Scalars['String']['output']>;
};

export type ConcertStatus =
  | 'AVAILABLE'
  | 'SOLD_OUT';

export type Mutation = {
  readonly addSeats: Concert;
  readonly cancelBooking: Booking;
  readonly pauseReactor: ReactorState;
  readonly placeBooking: Booking;
  readonly publishBookingEvent?: Maybe<BookingEvent>;
  readonly publishConcertEvent?: Maybe<ConcertEvent>;
  readonly rebuildView: ViewRebuild;
  readonly replayReactor: ReactorReplay;
  readonly reserveSeats: Concert;
  readonly resumeReactor: ReactorState;
  readonly retryReaction: ReactionCheckpoint;
  readonly skipReaction: ReactionCheckpoint;
};


export type MutationaddSeatsArgs = {
  input: AddSeatsInput;
};


export type MutationcancelBookingArgs = {
  input: CancelBookingInput;
};


export type MutationpauseReactorArgs = {
  input: PauseReactorInput;
};


export type MutationplaceBookingArgs = {
  input: PlaceBookingInput;
};


export type MutationpublishBookingEventArgs = {
  event: BookingEventInput;
};


export type MutationpublishConcertEventArgs = {
  event: ConcertEventInput;
};


export type MutationrebuildViewArgs = {
  input: RebuildViewInput;
};


export type MutationreplayReactorArgs = {
  input: ReplayReactorInput;
};


export type MutationreserveSeatsArgs = {
  input: ReserveSeatsInput;
};


export type MutationresumeReactorArgs = {
  input: ResumeReactorInput;
};


export type MutationretryReactionArgs = {
  input: RetryReactionInput;
};


export type MutationskipReactionArgs = {
  input: SkipReactionInput;
};

export type ParkedEvent = {
  readonly at?: Maybe<Scalars['String']['output']>;
  readonly error: Scalars['String']['output'];
  readonly number: Scalars['Int']['output'];
  readonly since: Scalars['AWSDateTime']['output'];
  readonly times: Scalars['Int']['output'];
  readonly traceId?: Maybe<Scalars['String']['output']>;
  readonly type: Scalars['String']['output'];
};

export type PauseReactorInput = {
  readonly reactor: Scalars['String']['input'];
};

export type PlaceBookingInput = {
  readonly commandId?: InputMaybe<Scalars['ID']['input']>;
  readonly concertId: Scalars['ID']['input'];
  readonly quantity: Scalars['Int']['input'];
};

export type Query = {
  readonly booking?: Maybe<Booking>;
  readonly bookingEvents: ReadonlyArray<BookingEvent>;
  readonly bookings: BookingPage;
  readonly bookingsOfConcert: BookingPage;
  readonly concert?: Maybe<Concert>;
  readonly concertEvents: ReadonlyArray<ConcertEvent>;
  readonly concerts: ConcertPage;
  readonly concertsByStatus: ConcertPage;
  readonly parkedReactions: ReadonlyArray<ReactionCheckpoint>;
  readonly reactorProgress: ReactorProgress;
  readonly reactors: ReadonlyArray<Scalars['String']['output']>;
  readonly seatsByDay?: Maybe<SeatsByDay>;
  readonly viewTables?: Maybe<ViewTables>;
  readonly views: ReadonlyArray<ViewProgress>;
};


export type QuerybookingArgs = {
  at?: InputMaybe<Scalars['AWSDateTime']['input']>;
  id: Scalars['ID']['input'];
  version?: InputMaybe<Scalars['Int']['input']>;
};


export type QuerybookingEventsArgs = {
  after?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
};


export type QuerybookingsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


export type QuerybookingsOfConcertArgs = {
  after?: InputMaybe<ViewPosition>;
  concertId: Scalars['ID']['input'];
  descending?: InputMaybe<Scalars['Boolean']['input']>;
  from?: InputMaybe<Scalars['Int']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  to?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryconcertArgs = {
  at?: InputMaybe<Scalars['AWSDateTime']['input']>;
  id: Scalars['ID']['input'];
  version?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryconcertEventsArgs = {
  after?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryconcertsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


export type QueryconcertsByStatusArgs = {
  after?: InputMaybe<ViewPosition>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  status: ConcertStatus;
};


export type QueryparkedReactionsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  reactor: Scalars['String']['input'];
};


export type QueryreactorProgressArgs = {
  after?: InputMaybe<Scalars['ID']['input']>;
  reactor: Scalars['String']['input'];
};


export type QueryseatsByDayArgs = {
  after?: InputMaybe<ViewPosition>;
  day: Scalars['AWSDate']['input'];
};

export type ReactionCheckpoint = {
  readonly due?: Maybe<Scalars['AWSDateTime']['output']>;
  readonly handled?: Maybe<Scalars['Int']['output']>;
  readonly id: Scalars['ID']['output'];
  readonly parked?: Maybe<ParkedEvent>;
  readonly reactor: Scalars['String']['output'];
  readonly seen: Scalars['Int']['output'];
  readonly skipped: ReadonlyArray<SkippedEvent>;
};

export type ReactorProgress = {
  readonly after?: Maybe<Scalars['ID']['output']>;
  readonly behind: Scalars['Int']['output'];
  readonly next?: Maybe<Scalars['AWSDateTime']['output']>;
  readonly parked: Scalars['Int']['output'];
  readonly paused?: Maybe<Scalars['AWSDateTime']['output']>;
  readonly reactor: Scalars['String']['output'];
  readonly resources: Scalars['Int']['output'];
  readonly waiting: Scalars['Int']['output'];
};

export type ReactorReplay = {
  readonly after?: Maybe<Scalars['ID']['output']>;
  readonly rewound: Scalars['Int']['output'];
};

export type ReactorState = {
  readonly paused?: Maybe<Scalars['AWSDateTime']['output']>;
  readonly reactor: Scalars['String']['output'];
};

export type RebuildViewInput = {
  readonly view: Scalars['String']['input'];
};

export type ReplayReactorInput = {
  readonly after?: InputMaybe<Scalars['ID']['input']>;
  readonly id?: InputMaybe<Scalars['ID']['input']>;
  readonly reactor: Scalars['String']['input'];
};

export type ReserveSeatsInput = {
  readonly commandId?: InputMaybe<Scalars['ID']['input']>;
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  readonly id: Scalars['ID']['input'];
  readonly quantity?: InputMaybe<Scalars['Int']['input']>;
};

export type ResumeReactorInput = {
  readonly reactor: Scalars['String']['input'];
};

export type RetryReactionInput = {
  readonly id: Scalars['ID']['input'];
  readonly reactor: Scalars['String']['input'];
};

export type SeatsByDay = {
  readonly behind?: Maybe<Scalars['Boolean']['output']>;
  readonly reserved: Scalars['Int']['output'];
};

export type SkipReactionInput = {
  readonly id: Scalars['ID']['input'];
  readonly number: Scalars['Int']['input'];
  readonly reactor: Scalars['String']['input'];
  readonly reason: Scalars['String']['input'];
};

export type SkippedEvent = {
  readonly at: Scalars['AWSDateTime']['output'];
  readonly number: Scalars['Int']['output'];
  readonly reason: Scalars['String']['output'];
};

export type Subscription = {
  readonly onBookingEvent?: Maybe<BookingEvent>;
  readonly onConcertEvent?: Maybe<ConcertEvent>;
};


export type SubscriptiononBookingEventArgs = {
  id?: InputMaybe<Scalars['ID']['input']>;
  type?: InputMaybe<Scalars['String']['input']>;
};


export type SubscriptiononConcertEventArgs = {
  id?: InputMaybe<Scalars['ID']['input']>;
  type?: InputMaybe<Scalars['String']['input']>;
};

export type ViewBuild = {
  readonly build: Scalars['Int']['output'];
  readonly compared: Scalars['Int']['output'];
  readonly isComparing: Scalars['Boolean']['output'];
  readonly parked: Scalars['Int']['output'];
  readonly since: Scalars['AWSDateTime']['output'];
  readonly state: Scalars['String']['output'];
  readonly version: Scalars['Int']['output'];
};

export type ViewPosition = {
  readonly id: Scalars['ID']['input'];
  readonly version: Scalars['Int']['input'];
};

export type ViewProgress = {
  readonly builds: ReadonlyArray<ViewBuild>;
  readonly view: Scalars['String']['output'];
};

export type ViewRebuild = {
  readonly build: Scalars['Int']['output'];
  readonly view: Scalars['String']['output'];
};

export type ViewTables = {
  readonly events: ReadonlyArray<ViewedTable>;
  readonly region: Scalars['String']['output'];
  readonly views: Scalars['String']['output'];
};

export type ViewedTable = {
  readonly resource: Scalars['String']['output'];
  readonly table: Scalars['String']['output'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs>;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AWSDate: ResolverTypeWrapper<Scalars['AWSDate']['output']>;
  AWSDateTime: ResolverTypeWrapper<Scalars['AWSDateTime']['output']>;
  AWSEmail: ResolverTypeWrapper<Scalars['AWSEmail']['output']>;
  AWSIPAddress: ResolverTypeWrapper<Scalars['AWSIPAddress']['output']>;
  AWSJSON: ResolverTypeWrapper<Scalars['AWSJSON']['output']>;
  AWSPhone: ResolverTypeWrapper<Scalars['AWSPhone']['output']>;
  AWSTime: ResolverTypeWrapper<Scalars['AWSTime']['output']>;
  AWSTimestamp: ResolverTypeWrapper<Scalars['AWSTimestamp']['output']>;
  AWSURL: ResolverTypeWrapper<Scalars['AWSURL']['output']>;
  AddSeatsInput: AddSeatsInput;
  Booking: ResolverTypeWrapper<Booking>;
  BookingEvent: ResolverTypeWrapper<BookingEvent>;
  BookingEventInput: BookingEventInput;
  BookingPage: ResolverTypeWrapper<BookingPage>;
  BookingStatus: BookingStatus;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CancelBookingInput: CancelBookingInput;
  Concert: ResolverTypeWrapper<Concert>;
  ConcertEvent: ResolverTypeWrapper<ConcertEvent>;
  ConcertEventInput: ConcertEventInput;
  ConcertPage: ResolverTypeWrapper<ConcertPage>;
  ConcertStatus: ConcertStatus;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ParkedEvent: ResolverTypeWrapper<ParkedEvent>;
  PauseReactorInput: PauseReactorInput;
  PlaceBookingInput: PlaceBookingInput;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ReactionCheckpoint: ResolverTypeWrapper<ReactionCheckpoint>;
  ReactorProgress: ResolverTypeWrapper<ReactorProgress>;
  ReactorReplay: ResolverTypeWrapper<ReactorReplay>;
  ReactorState: ResolverTypeWrapper<ReactorState>;
  RebuildViewInput: RebuildViewInput;
  ReplayReactorInput: ReplayReactorInput;
  ReserveSeatsInput: ReserveSeatsInput;
  ResumeReactorInput: ResumeReactorInput;
  RetryReactionInput: RetryReactionInput;
  SeatsByDay: ResolverTypeWrapper<SeatsByDay>;
  SkipReactionInput: SkipReactionInput;
  SkippedEvent: ResolverTypeWrapper<SkippedEvent>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ViewBuild: ResolverTypeWrapper<ViewBuild>;
  ViewPosition: ViewPosition;
  ViewProgress: ResolverTypeWrapper<ViewProgress>;
  ViewRebuild: ResolverTypeWrapper<ViewRebuild>;
  ViewTables: ResolverTypeWrapper<ViewTables>;
  ViewedTable: ResolverTypeWrapper<ViewedTable>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AWSDate: Scalars['AWSDate']['output'];
  AWSDateTime: Scalars['AWSDateTime']['output'];
  AWSEmail: Scalars['AWSEmail']['output'];
  AWSIPAddress: Scalars['AWSIPAddress']['output'];
  AWSJSON: Scalars['AWSJSON']['output'];
  AWSPhone: Scalars['AWSPhone']['output'];
  AWSTime: Scalars['AWSTime']['output'];
  AWSTimestamp: Scalars['AWSTimestamp']['output'];
  AWSURL: Scalars['AWSURL']['output'];
  AddSeatsInput: AddSeatsInput;
  Booking: Booking;
  BookingEvent: BookingEvent;
  BookingEventInput: BookingEventInput;
  BookingPage: BookingPage;
  Boolean: Scalars['Boolean']['output'];
  CancelBookingInput: CancelBookingInput;
  Concert: Concert;
  ConcertEvent: ConcertEvent;
  ConcertEventInput: ConcertEventInput;
  ConcertPage: ConcertPage;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  Mutation: Record<PropertyKey, never>;
  ParkedEvent: ParkedEvent;
  PauseReactorInput: PauseReactorInput;
  PlaceBookingInput: PlaceBookingInput;
  Query: Record<PropertyKey, never>;
  ReactionCheckpoint: ReactionCheckpoint;
  ReactorProgress: ReactorProgress;
  ReactorReplay: ReactorReplay;
  ReactorState: ReactorState;
  RebuildViewInput: RebuildViewInput;
  ReplayReactorInput: ReplayReactorInput;
  ReserveSeatsInput: ReserveSeatsInput;
  ResumeReactorInput: ResumeReactorInput;
  RetryReactionInput: RetryReactionInput;
  SeatsByDay: SeatsByDay;
  SkipReactionInput: SkipReactionInput;
  SkippedEvent: SkippedEvent;
  String: Scalars['String']['output'];
  Subscription: Record<PropertyKey, never>;
  ViewBuild: ViewBuild;
  ViewPosition: ViewPosition;
  ViewProgress: ViewProgress;
  ViewRebuild: ViewRebuild;
  ViewTables: ViewTables;
  ViewedTable: ViewedTable;
};

export type aws_api_keyDirectiveArgs = { };

export type aws_api_keyDirectiveResolver<Result, Parent, ContextType = any, Args = aws_api_keyDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_authDirectiveArgs = {
  cognito_groups?: Maybe<ReadonlyArray<Maybe<Scalars['String']['input']>>>;
};

export type aws_authDirectiveResolver<Result, Parent, ContextType = any, Args = aws_authDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_cognito_user_poolsDirectiveArgs = {
  cognito_groups?: Maybe<ReadonlyArray<Maybe<Scalars['String']['input']>>>;
};

export type aws_cognito_user_poolsDirectiveResolver<Result, Parent, ContextType = any, Args = aws_cognito_user_poolsDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_iamDirectiveArgs = { };

export type aws_iamDirectiveResolver<Result, Parent, ContextType = any, Args = aws_iamDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_lambdaDirectiveArgs = { };

export type aws_lambdaDirectiveResolver<Result, Parent, ContextType = any, Args = aws_lambdaDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_oidcDirectiveArgs = { };

export type aws_oidcDirectiveResolver<Result, Parent, ContextType = any, Args = aws_oidcDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_publishDirectiveArgs = {
  subscriptions?: Maybe<ReadonlyArray<Maybe<Scalars['String']['input']>>>;
};

export type aws_publishDirectiveResolver<Result, Parent, ContextType = any, Args = aws_publishDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_subscribeDirectiveArgs = {
  mutations?: Maybe<ReadonlyArray<Maybe<Scalars['String']['input']>>>;
};

export type aws_subscribeDirectiveResolver<Result, Parent, ContextType = any, Args = aws_subscribeDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export interface AWSDateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSDate'], any> {
  name: 'AWSDate';
}

export interface AWSDateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSDateTime'], any> {
  name: 'AWSDateTime';
}

export interface AWSEmailScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSEmail'], any> {
  name: 'AWSEmail';
}

export interface AWSIPAddressScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSIPAddress'], any> {
  name: 'AWSIPAddress';
}

export interface AWSJSONScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSJSON'], any> {
  name: 'AWSJSON';
}

export interface AWSPhoneScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSPhone'], any> {
  name: 'AWSPhone';
}

export interface AWSTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSTime'], any> {
  name: 'AWSTime';
}

export interface AWSTimestampScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSTimestamp'], any> {
  name: 'AWSTimestamp';
}

export interface AWSURLScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSURL'], any> {
  name: 'AWSURL';
}

export type BookingResolvers<ContextType = any, ParentType extends ResolversParentTypes['Booking'] = ResolversParentTypes['Booking']> = {
  concertId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['BookingStatus'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type BookingEventResolvers<ContextType = any, ParentType extends ResolversParentTypes['BookingEvent'] = ResolversParentTypes['BookingEvent']> = {
  actor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  commandId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  concertId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  created?: Resolver<ResolversTypes['AWSDateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  owner?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  quantity?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reserved?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  traceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  truncated?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type BookingPageResolvers<ContextType = any, ParentType extends ResolversParentTypes['BookingPage'] = ResolversParentTypes['BookingPage']> = {
  behind?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  items?: Resolver<ReadonlyArray<ResolversTypes['Booking']>, ParentType, ContextType>;
  nextToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ConcertResolvers<ContextType = any, ParentType extends ResolversParentTypes['Concert'] = ResolversParentTypes['Concert']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ConcertStatus'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ConcertEventResolvers<ContextType = any, ParentType extends ResolversParentTypes['ConcertEvent'] = ResolversParentTypes['ConcertEvent']> = {
  actor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  amount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  commandId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  created?: Resolver<ResolversTypes['AWSDateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  owner?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  quantity?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  reference?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  traceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  truncated?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ConcertPageResolvers<ContextType = any, ParentType extends ResolversParentTypes['ConcertPage'] = ResolversParentTypes['ConcertPage']> = {
  behind?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  items?: Resolver<ReadonlyArray<ResolversTypes['Concert']>, ParentType, ContextType>;
  nextToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type MutationResolvers<ContextType = any, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  addSeats?: Resolver<ResolversTypes['Concert'], ParentType, ContextType, RequireFields<MutationaddSeatsArgs, 'input'>>;
  cancelBooking?: Resolver<ResolversTypes['Booking'], ParentType, ContextType, RequireFields<MutationcancelBookingArgs, 'input'>>;
  pauseReactor?: Resolver<ResolversTypes['ReactorState'], ParentType, ContextType, RequireFields<MutationpauseReactorArgs, 'input'>>;
  placeBooking?: Resolver<ResolversTypes['Booking'], ParentType, ContextType, RequireFields<MutationplaceBookingArgs, 'input'>>;
  publishBookingEvent?: Resolver<Maybe<ResolversTypes['BookingEvent']>, ParentType, ContextType, RequireFields<MutationpublishBookingEventArgs, 'event'>>;
  publishConcertEvent?: Resolver<Maybe<ResolversTypes['ConcertEvent']>, ParentType, ContextType, RequireFields<MutationpublishConcertEventArgs, 'event'>>;
  rebuildView?: Resolver<ResolversTypes['ViewRebuild'], ParentType, ContextType, RequireFields<MutationrebuildViewArgs, 'input'>>;
  replayReactor?: Resolver<ResolversTypes['ReactorReplay'], ParentType, ContextType, RequireFields<MutationreplayReactorArgs, 'input'>>;
  reserveSeats?: Resolver<ResolversTypes['Concert'], ParentType, ContextType, RequireFields<MutationreserveSeatsArgs, 'input'>>;
  resumeReactor?: Resolver<ResolversTypes['ReactorState'], ParentType, ContextType, RequireFields<MutationresumeReactorArgs, 'input'>>;
  retryReaction?: Resolver<ResolversTypes['ReactionCheckpoint'], ParentType, ContextType, RequireFields<MutationretryReactionArgs, 'input'>>;
  skipReaction?: Resolver<ResolversTypes['ReactionCheckpoint'], ParentType, ContextType, RequireFields<MutationskipReactionArgs, 'input'>>;
};

export type ParkedEventResolvers<ContextType = any, ParentType extends ResolversParentTypes['ParkedEvent'] = ResolversParentTypes['ParkedEvent']> = {
  at?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  error?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  since?: Resolver<ResolversTypes['AWSDateTime'], ParentType, ContextType>;
  times?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  traceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = any, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  booking?: Resolver<Maybe<ResolversTypes['Booking']>, ParentType, ContextType, RequireFields<QuerybookingArgs, 'id'>>;
  bookingEvents?: Resolver<ReadonlyArray<ResolversTypes['BookingEvent']>, ParentType, ContextType, RequireFields<QuerybookingEventsArgs, 'id'>>;
  bookings?: Resolver<ResolversTypes['BookingPage'], ParentType, ContextType, Partial<QuerybookingsArgs>>;
  bookingsOfConcert?: Resolver<ResolversTypes['BookingPage'], ParentType, ContextType, RequireFields<QuerybookingsOfConcertArgs, 'concertId'>>;
  concert?: Resolver<Maybe<ResolversTypes['Concert']>, ParentType, ContextType, RequireFields<QueryconcertArgs, 'id'>>;
  concertEvents?: Resolver<ReadonlyArray<ResolversTypes['ConcertEvent']>, ParentType, ContextType, RequireFields<QueryconcertEventsArgs, 'id'>>;
  concerts?: Resolver<ResolversTypes['ConcertPage'], ParentType, ContextType, Partial<QueryconcertsArgs>>;
  concertsByStatus?: Resolver<ResolversTypes['ConcertPage'], ParentType, ContextType, RequireFields<QueryconcertsByStatusArgs, 'status'>>;
  parkedReactions?: Resolver<ReadonlyArray<ResolversTypes['ReactionCheckpoint']>, ParentType, ContextType, RequireFields<QueryparkedReactionsArgs, 'reactor'>>;
  reactorProgress?: Resolver<ResolversTypes['ReactorProgress'], ParentType, ContextType, RequireFields<QueryreactorProgressArgs, 'reactor'>>;
  reactors?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  seatsByDay?: Resolver<Maybe<ResolversTypes['SeatsByDay']>, ParentType, ContextType, RequireFields<QueryseatsByDayArgs, 'day'>>;
  viewTables?: Resolver<Maybe<ResolversTypes['ViewTables']>, ParentType, ContextType>;
  views?: Resolver<ReadonlyArray<ResolversTypes['ViewProgress']>, ParentType, ContextType>;
};

export type ReactionCheckpointResolvers<ContextType = any, ParentType extends ResolversParentTypes['ReactionCheckpoint'] = ResolversParentTypes['ReactionCheckpoint']> = {
  due?: Resolver<Maybe<ResolversTypes['AWSDateTime']>, ParentType, ContextType>;
  handled?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  parked?: Resolver<Maybe<ResolversTypes['ParkedEvent']>, ParentType, ContextType>;
  reactor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  seen?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  skipped?: Resolver<ReadonlyArray<ResolversTypes['SkippedEvent']>, ParentType, ContextType>;
};

export type ReactorProgressResolvers<ContextType = any, ParentType extends ResolversParentTypes['ReactorProgress'] = ResolversParentTypes['ReactorProgress']> = {
  after?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  behind?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['AWSDateTime']>, ParentType, ContextType>;
  parked?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  paused?: Resolver<Maybe<ResolversTypes['AWSDateTime']>, ParentType, ContextType>;
  reactor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  resources?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  waiting?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ReactorReplayResolvers<ContextType = any, ParentType extends ResolversParentTypes['ReactorReplay'] = ResolversParentTypes['ReactorReplay']> = {
  after?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  rewound?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ReactorStateResolvers<ContextType = any, ParentType extends ResolversParentTypes['ReactorState'] = ResolversParentTypes['ReactorState']> = {
  paused?: Resolver<Maybe<ResolversTypes['AWSDateTime']>, ParentType, ContextType>;
  reactor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SeatsByDayResolvers<ContextType = any, ParentType extends ResolversParentTypes['SeatsByDay'] = ResolversParentTypes['SeatsByDay']> = {
  behind?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  reserved?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SkippedEventResolvers<ContextType = any, ParentType extends ResolversParentTypes['SkippedEvent'] = ResolversParentTypes['SkippedEvent']> = {
  at?: Resolver<ResolversTypes['AWSDateTime'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = any, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  onBookingEvent?: SubscriptionResolver<Maybe<ResolversTypes['BookingEvent']>, "onBookingEvent", ParentType, ContextType, Partial<SubscriptiononBookingEventArgs>>;
  onConcertEvent?: SubscriptionResolver<Maybe<ResolversTypes['ConcertEvent']>, "onConcertEvent", ParentType, ContextType, Partial<SubscriptiononConcertEventArgs>>;
};

export type ViewBuildResolvers<ContextType = any, ParentType extends ResolversParentTypes['ViewBuild'] = ResolversParentTypes['ViewBuild']> = {
  build?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  compared?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  isComparing?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  parked?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  since?: Resolver<ResolversTypes['AWSDateTime'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ViewProgressResolvers<ContextType = any, ParentType extends ResolversParentTypes['ViewProgress'] = ResolversParentTypes['ViewProgress']> = {
  builds?: Resolver<ReadonlyArray<ResolversTypes['ViewBuild']>, ParentType, ContextType>;
  view?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ViewRebuildResolvers<ContextType = any, ParentType extends ResolversParentTypes['ViewRebuild'] = ResolversParentTypes['ViewRebuild']> = {
  build?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  view?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ViewTablesResolvers<ContextType = any, ParentType extends ResolversParentTypes['ViewTables'] = ResolversParentTypes['ViewTables']> = {
  events?: Resolver<ReadonlyArray<ResolversTypes['ViewedTable']>, ParentType, ContextType>;
  region?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  views?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ViewedTableResolvers<ContextType = any, ParentType extends ResolversParentTypes['ViewedTable'] = ResolversParentTypes['ViewedTable']> = {
  resource?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  table?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type Resolvers<ContextType = any> = {
  AWSDate?: GraphQLScalarType;
  AWSDateTime?: GraphQLScalarType;
  AWSEmail?: GraphQLScalarType;
  AWSIPAddress?: GraphQLScalarType;
  AWSJSON?: GraphQLScalarType;
  AWSPhone?: GraphQLScalarType;
  AWSTime?: GraphQLScalarType;
  AWSTimestamp?: GraphQLScalarType;
  AWSURL?: GraphQLScalarType;
  Booking?: BookingResolvers<ContextType>;
  BookingEvent?: BookingEventResolvers<ContextType>;
  BookingPage?: BookingPageResolvers<ContextType>;
  Concert?: ConcertResolvers<ContextType>;
  ConcertEvent?: ConcertEventResolvers<ContextType>;
  ConcertPage?: ConcertPageResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  ParkedEvent?: ParkedEventResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  ReactionCheckpoint?: ReactionCheckpointResolvers<ContextType>;
  ReactorProgress?: ReactorProgressResolvers<ContextType>;
  ReactorReplay?: ReactorReplayResolvers<ContextType>;
  ReactorState?: ReactorStateResolvers<ContextType>;
  SeatsByDay?: SeatsByDayResolvers<ContextType>;
  SkippedEvent?: SkippedEventResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  ViewBuild?: ViewBuildResolvers<ContextType>;
  ViewProgress?: ViewProgressResolvers<ContextType>;
  ViewRebuild?: ViewRebuildResolvers<ContextType>;
  ViewTables?: ViewTablesResolvers<ContextType>;
  ViewedTable?: ViewedTableResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = any> = {
  aws_api_key?: aws_api_keyDirectiveResolver<any, any, ContextType>;
  aws_auth?: aws_authDirectiveResolver<any, any, ContextType>;
  aws_cognito_user_pools?: aws_cognito_user_poolsDirectiveResolver<any, any, ContextType>;
  aws_iam?: aws_iamDirectiveResolver<any, any, ContextType>;
  aws_lambda?: aws_lambdaDirectiveResolver<any, any, ContextType>;
  aws_oidc?: aws_oidcDirectiveResolver<any, any, ContextType>;
  aws_publish?: aws_publishDirectiveResolver<any, any, ContextType>;
  aws_subscribe?: aws_subscribeDirectiveResolver<any, any, ContextType>;
};
