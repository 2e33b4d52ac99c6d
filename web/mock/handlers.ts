import { accountRoutes } from './nouns/accounts.ts';
import { complianceRoutes } from './nouns/compliance.ts';
import { conversationRoutes } from './nouns/conversations.ts';
import { customerRoutes } from './nouns/customers.ts';
import { memberRoutes } from './nouns/members.ts';
import { messageRoutes } from './nouns/messages.ts';
import { optinRoutes } from './nouns/optin.ts';
import { privacyRoutes } from './nouns/privacy.ts';
import { ruleRoutes } from './nouns/rules.ts';
import { sessionRoutes } from './nouns/session.ts';
import { simulatorRoutes } from './nouns/simulator.ts';
import { workspaceRoutes } from './nouns/workspace.ts';
import { type Ask, type Emit, type Route, World } from './world.ts';

/** One answer of the mock: a status and a body. */
export interface Answer {
  status: number;
  body: unknown;
}

const UNKNOWN: Answer = {
  status: 404,
  body: {
    type: 'about:blank',
    title: 'Not found',
    status: 404,
    code: 'not_found',
    detail: 'The mock does not know this.',
  },
};

/** The API in memory, enough to look at every screen. Anything unknown is a 404 problem. */
export function makeHandlers(conversations: number, emit: Emit) {
  const world = new World(conversations, emit);
  const routes: Route[] = [
    ...sessionRoutes(),
    ...conversationRoutes(world),
    ...messageRoutes(world),
    ...customerRoutes(world),
    ...complianceRoutes(world),
    ...privacyRoutes(world),
    ...ruleRoutes(),
    ...accountRoutes(),
    ...optinRoutes(),
    ...memberRoutes(),
    ...workspaceRoutes(),
    ...simulatorRoutes(world),
  ];
  return (ask: Ask): Answer => {
    for (const [method, pattern, work] of routes) {
      const match = method === ask.method ? pattern.exec(ask.path) : null;
      if (!match) continue;
      const body = work(ask, match[1] ?? '');
      if (body !== undefined) return { status: body === null ? 204 : 200, body };
    }
    return UNKNOWN;
  };
}
