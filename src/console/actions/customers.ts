import { customerLinkRoute } from '../../http/routes/customer-link.ts';
import { defineAction } from '../action.ts';

export const giveLink = defineAction({
  name: 'give-link',
  route: customerLinkRoute,
  title: 'A link for the customer',
  submit: 'Make a link',
  fields: [],
  done: ({ data }) => ({
    text: `Until ${data.expires_at.slice(11, 16)} UTC this link shows the customer's pages, read only.`,
    link: data.url,
  }),
});
