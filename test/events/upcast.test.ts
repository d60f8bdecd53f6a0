import { expect } from 'chai';
import {
  eventSchemas,
  schemaVersion,
  upcast,
  type EventType,
  type Upcasters,
} from '../../src/events/index.ts';
import type { RecordedEvent } from '../../src/events/define.ts';
import { recorded } from '../support/projections/projection-spec.ts';

const created = recorded({ type: 'PlanCreated', data: { plan_code: 'pro', name: 'Pro' } }, { position: 7 });
const at = (schema_version: number, data: unknown, type: string = created.type): RecordedEvent => ({
  ...created,
  type,
  data,
  metadata: { ...created.metadata, schema_version },
});

describe('upcasting', () => {
  it('leaves an event of the current version as it is', () => {
    expect(upcast(created)).to.deep.equal(created);
  });

  it('lifts an old event through every version in between, in order', () => {
    const upcasters: Upcasters = {
      PlanCreated: {
        1: (data) => ({ ...(data as object), name: 'from 1' }),
        2: (data) => ({ ...(data as object), name: `${(data as { name: string }).name} to 3` }),
      },
    };
    const version = () => 3;
    expect(upcast(at(1, { plan_code: 'pro' }), upcasters, version).data).to.deep.equal({
      plan_code: 'pro',
      name: 'from 1 to 3',
    });
    expect(upcast(at(2, { plan_code: 'pro', name: 'two' }), upcasters, version).data).to.deep.equal({
      plan_code: 'pro',
      name: 'two to 3',
    });
    expect(upcast(at(3, { plan_code: 'pro', name: 'three' }), upcasters, version).data).to.deep.equal({
      plan_code: 'pro',
      name: 'three',
    });
  });

  it('keeps what was recorded: position, ids and metadata, and the event it was given', () => {
    const before = at(1, { plan_code: 'pro' });
    const copy = structuredClone(before);
    const { data: _, ...rest } = upcast(
      before,
      { PlanCreated: { 1: () => ({ plan_code: 'x', name: 'y' }) } },
      () => 2,
    );
    expect(before).to.deep.equal(copy);
    const { data: _data, ...recordedRest } = copy;
    expect(rest).to.deep.equal(recordedRest);
  });

  it('refuses a type that this build does not know', () => {
    expect(() => upcast(at(1, {}, 'PlanExploded'))).to.throw('unknown event type PlanExploded at position 7');
  });

  it('refuses a version newer than this build, and one that nothing lifts', () => {
    expect(() => upcast(at(2, {}))).to.throw(
      'PlanCreated at position 7 has schema version 2, this build knows 1',
    );
    expect(() => upcast(at(1, {}), { PlanCreated: { 2: (data) => data } }, () => 3)).to.throw(
      'no upcaster for PlanCreated from schema version 1',
    );
  });

  it('knows a version of every type', () => {
    for (const type of Object.keys(eventSchemas) as EventType[])
      expect(schemaVersion(type)).to.be.at.least(1);
  });
});
