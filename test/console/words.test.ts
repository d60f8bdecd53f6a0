import { expect } from 'chai';
import { kindInText, lineText } from '../../src/console/parts/words.ts';

describe('words of the console', () => {
  it('name a kind in a sentence', () => {
    for (const [kind, words] of [
      ['droplet_hours', 'droplet hours'],
      ['spaces_gb_month', 'spaces GB month'],
      ['dns_zones', 'DNS zones'],
      ['llm_tokens', 'LLM tokens'],
      ['support_tickets', 'support tickets'],
    ] as const)
      expect(kindInText(kind)).to.equal(words);
  });

  it('have the kind of a line of overage, and leave what people typed', () => {
    expect(lineText('Overage: droplet_hours')).to.equal('Overage: droplet hours');
    for (const typed of ['Addon: storage_50gb', 'Overage: as agreed in file_7', 'GST 10 %'])
      expect(lineText(typed)).to.equal(typed);
  });
});
