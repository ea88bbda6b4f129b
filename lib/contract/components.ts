// The shapes that the API's description names, so that a generated client has one type for each.
import type { z } from "zod";
import { Alert, AlertActed, AlertRule, Silence, Unsilence } from "#lib/contract/alert.ts";
import { AuditEntry, SystemEvent } from "#lib/contract/audit.ts";
import {
  ChangeOperation,
  FailureFilter,
  Operation,
  OperationDetail,
  OperationId,
  OperationPreview,
} from "#lib/contract/bulk.ts";
import { Canary, CanaryRun, ChangedCanary } from "#lib/contract/canary.ts";
import { Channel, Route, SavedChannel } from "#lib/contract/channel.ts";
import { Failure } from "#lib/contract/failure.ts";
import { Assign, FailureGroup, GroupAct, GroupId } from "#lib/contract/group.ts";
import {
  ChangedInboundSource,
  InboundSource,
  InboundSourceMapping,
  InboundSourceOptions,
} from "#lib/contract/inbound.ts";
import { ApiKey, KeyId } from "#lib/contract/key.ts";
import { Person, PersonId } from "#lib/contract/person.ts";
import { ProviderAuth, Rule, RuleWhen, Schedule, Window } from "#lib/contract/policy.ts";
import { MyAct, MyField, MyRecord, PortalSettings } from "#lib/contract/portal.ts";
import { Problem } from "#lib/contract/problem.ts";
import {
  BatchChange,
  Provider,
  ProviderAct,
  ProviderHealth,
  ProviderState,
  ProviderSummary,
  ProviderWithState,
  ResumeProvider,
  Throughput,
  ThroughputPoint,
} from "#lib/contract/provider.ts";
import {
  FailureDetail,
  RecordAct,
  RecordDetail,
  RecordId,
  RecordSummary,
  Revision,
  TimelineEvent,
} from "#lib/contract/record.ts";
import { Knobs, SimulatedProvider } from "#lib/contract/simulator.ts";
import { Slug } from "#lib/contract/slug.ts";
import { Team, TeamRule } from "#lib/contract/team.ts";

/** By the name that the description gives it. */
export const components: Record<string, z.ZodType> = {
  Alert,
  AlertActed,
  AlertRule,
  ApiKey,
  Assign,
  AuditEntry,
  BatchChange,
  Canary,
  CanaryRun,
  ChangedCanary,
  ChangeOperation,
  ChangedInboundSource,
  Channel,
  Failure,
  FailureDetail,
  FailureFilter,
  FailureGroup,
  GroupAct,
  GroupId,
  KeyId,
  InboundSource,
  InboundSourceMapping,
  InboundSourceOptions,
  Knobs,
  MyAct,
  MyField,
  MyRecord,
  Operation,
  OperationDetail,
  OperationId,
  OperationPreview,
  Person,
  PersonId,
  PortalSettings,
  Problem,
  Provider,
  ProviderAct,
  ProviderAuth,
  ProviderHealth,
  ProviderState,
  ProviderSummary,
  ProviderWithState,
  Reason: ResumeProvider,
  Record: RecordDetail,
  RecordAct,
  RecordId,
  RecordSummary,
  Revision,
  Route,
  Rule,
  RuleWhen,
  SavedChannel,
  Schedule,
  Silence,
  SimulatedProvider,
  Slug,
  SystemEvent,
  Team,
  TeamRule,
  Throughput,
  ThroughputPoint,
  TimelineEvent,
  Unsilence,
  Window,
};
