import { customerLinkRoute } from '../../http/routes/customer-link.ts';
import { defineAction } from '../action.ts';

export const giveLink = defineAction({
  name: 'give-link',
  route: customerLinkRoute,
  title: 'A link for the customer',
  submit: 'Make a link',
  fields: [],
  done: ({ data }) => ({
    text: `A link to the customer's pages, until ${data.expires_at.slice(11, 16)} UTC: ${data.url}`,
  }),
});
