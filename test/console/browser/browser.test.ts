import { BrowserStage } from '../../support/browser/browser-stage.ts';
import { describeInBrowser } from '../../support/browser/in-browser.ts';
import { describeCharts } from './charts.ts';
import { describeEveryPage } from './every-page.ts';
import { describeExports } from './exports.ts';
import { describeKeyboard } from './keyboard.ts';
import { describeLive } from './live.ts';
import { describeMonth } from './month.ts';
import { describePictures } from './pictures.ts';
import { describeSessions } from './sessions.ts';

// One file, so that one browser and one ledger serve all of it. The month comes first: what it leaves is what
// the others look at.
describeInBrowser('the console in a browser', () => {
  const stage = new BrowserStage();
  before(() => stage.open());
  after(() => stage.close());

  describeMonth(stage);
  describePictures(stage);
  describeCharts(stage);
  describeEveryPage(stage);
  describeKeyboard(stage);
  describeLive(stage);
  describeSessions(stage);
  describeExports(stage);
});
