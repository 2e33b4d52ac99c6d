// What a shop asks of its own marketing. The page that shows it imports these words itself: it loads
// when somebody opens it, and what is part of `en` loads with the first screen.

export const sending_policy = {
  title: 'Marketing with manners',
  intro:
    'Holds marketing texts back and drops none. Answers, order texts and codes are never touched.',
  caps: {
    day: 'Most in any 24 hours',
    week: 'Most in any 7 days',
    month: 'Most in any 30 days',
  },
  no_cap: 'No limit',
  caps_hint:
    'Marketing texts to one customer, whoever sends them. The law’s own limits hold beside these.',
  open_conversations: 'Hold it while they wait for an answer, or wrote within a day',
  complaints: 'Hold it while they are angry or a complaint is open',
  priority: 'Who goes first where a limit leaves room for one',
  priority_hint: 'The others wait for the next place.',
  raise: (who: string) => `Move earlier: ${who}`,
  sellers: {
    person: 'A member who writes to one customer',
    bot: 'A bot',
    flow: 'A flow',
    campaign: 'A campaign',
    api: 'A program by the API',
  },
};
