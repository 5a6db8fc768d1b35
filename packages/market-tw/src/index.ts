export type { Deferral, OpeningMinute } from './auction-deferral.ts';
export { closingDeferral, openingDeferral } from './auction-deferral.ts';
export type { CalendarOverlay, CalendarYear, Closure, TradingCalendar, TradingDay } from './calendar.ts';
export { calendarOfYear, tradingCalendar } from './calendar.ts';
export type { AuctionOrder, AuctionResult, CallAuction } from './call-auction.ts';
export { callAuction } from './call-auction.ts';
export { taiwanChecks } from './checks.ts';
export { readCompanyFigures, readDatasetFigures } from './company-figures-file.ts';
export type { Execution, IncomingOrder, RestingOrder } from './continuous-matching.ts';
export { matchContinuous } from './continuous-matching.ts';
export type { Conversion } from './convert.ts';
export { convertMarketData, readAnyMarketData } from './convert.ts';
export { type DatasetManifest, readDataset, readDatasetData, readManifest, writeDataset } from './dataset-folder.ts';
export { allScenarios, anyScenario, scenarioDataset } from './dataset-of-scenario.ts';
export { fileDataset, simulatedDataset } from './dataset-source.ts';
export type {
  AttentionTest,
  AttentionWindow,
  DispositionCase,
  DispositionCause,
  DispositionTerms,
  IntradayAttentionTest,
  IntradayAttentionWindow,
} from './disposition.ts';
export { attentionTests, dispositionCause, dispositionTerms, intradayAttentionTests } from './disposition.ts';
export type { HistoricalPeriod } from './history/periods.ts';
export { historicalPeriod, historicalPeriods } from './history/periods.ts';
export type { HistoricalMarket } from './history/simulate-period.ts';
export { simulatePeriod } from './history/simulate-period.ts';
export type { PeriodId } from './history/taiex-closes.ts';
export type { HypotheticalBreaker, HypotheticalHalt } from './index-breaker.ts';
export { hypotheticalIndexHalts } from './index-breaker.ts';
export type {
  InterruptionOutcome,
  InterruptionQuestion,
  InterruptionRule,
  InterruptionState,
  TimedTrade,
} from './interruption.ts';
export {
  beforeOpening,
  interruptionReferenceCents,
  interruptionRule,
  stabilityBand,
  stepInterruption,
} from './interruption.ts';
export type { ActivityProfile } from './intraday/activity.ts';
export { usualActivity } from './intraday/activity.ts';
export type { LeftOut } from './intraday/day-plan.ts';
export type { IntradayBatch, IntradayEventKind } from './intraday/event-batch.ts';
export { intradayEventKinds } from './intraday/event-batch.ts';
export type { FeedOptions, FeedResult, FeedServer } from './intraday/feed-server.ts';
export { serveFeed } from './intraday/feed-server.ts';
export type { IntradayDay, IntradayEvent, IntradayHalt, IntradayRequest } from './intraday/intraday-events.ts';
export { eventsOf, intradayDay, intradayEvents } from './intraday/intraday-events.ts';
export type { ReplayOptions } from './intraday/replay.ts';
export { replay } from './intraday/replay.ts';
export type { PriceGrid } from './limit-columns.ts';
export { limitColumns, priceGrid } from './limit-columns.ts';
export type { LimitPerMille, LimitRule, NarrowedPeriod } from './limit-eras.ts';
export { limitEras, limitRuleOf, narrowedPeriods } from './limit-eras.ts';
export type { Bar, LimitState } from './limit-state.ts';
export { limitState, limitStateCodes, lockedBook, touchedLimits } from './limit-state.ts';
export { narrowFigures } from './narrow-figures.ts';
export type { Market, Panel, PanelField, Stock } from './panel.ts';
export { createPanel, forwardReturns, haltStates, narrowPanel, panelFields } from './panel.ts';
export { panelChart, periodChart } from './plot/market-plots.ts';
export type { Predictions } from './predictions.ts';
export { readPredictions } from './predictions.ts';
export { readPriceCsv } from './price-csv.ts';
export type { ListingAge, PriceLimits, PriceQuestion } from './price-rules.ts';
export { priceLimits, roundToTick, tickSize } from './price-rules.ts';
export type { Adjustment } from './quality/adjustment.ts';
export type { Finding, FindingExample, FindingKind, Severity } from './quality/findings.ts';
export { findingKinds } from './quality/findings.ts';
export type { QualityReport } from './quality/quality-report.ts';
export { qualityReport } from './quality/quality-report.ts';
export type { ReferenceSource } from './readers/assemble.ts';
export type { MarketData, ReadOptions } from './readers/market-data.ts';
export { readMarketData } from './readers/market-data.ts';
export type { FileReport, PriceFormat, QuarantinedRow, SkipReason } from './readers/read-report.ts';
export type { Distribution, SessionEnd } from './reference-price.ts';
export { exReferencePrice, openingBase, referencePrice } from './reference-price.ts';
export { historicalScenarios } from './scenarios/historical-scenario.ts';
export { indexBreaker, scenario, scenarioLibrary } from './scenarios/library.ts';
export type { Scenario, ScenarioRequest, ScriptedScenario, StressedMarket } from './scenarios/scenario.ts';
export { defineScenario } from './scenarios/scenario.ts';
export type {
  Board,
  DayPhase,
  DayStretch,
  Matching,
  PhaseAt,
  SessionOptions,
  SessionPhase,
} from './sessions.ts';
export { auctionSeconds, dayStretches, phaseAt, sessionPhases, taipeiInstant, taipeiTime } from './sessions.ts';
export type { SettlementCalendar, SettlementOnlyDay } from './settlement.ts';
export { settlementCalendar } from './settlement.ts';
export type { SimulatedMarket, SimulationRequest } from './simulate.ts';
export { simulatedHorizonDays, simulateMarket } from './simulate.ts';
export type { CompanyFigureName, CompanyFigures } from './simulation/company-reports.ts';
export { companyFigureNames, publishedFigures, quarterDeadline } from './simulation/company-reports.ts';
export { marketIndexReturns } from './simulation/market-index.ts';
export type { SessionEvents } from './simulation/session-events.ts';
export type { ComparedStatistic } from './statistics/compare-panels.ts';
export { comparePanels } from './statistics/compare-panels.ts';
export type { MarketStatistics } from './statistics/market-statistics.ts';
export { marketStatistics } from './statistics/market-statistics.ts';
export { observedRanges, redrawnRanges } from './statistics/observed-ranges.ts';
export { statisticLabels, statisticText } from './statistics/statistic-labels.ts';
export type { WindowRanges } from './statistics/windows.ts';
export { windowRanges } from './statistics/windows.ts';
export type { Coverage } from './stress/coverage.ts';
export { coverageOf } from './stress/coverage.ts';
export type { ServiceScenario } from './stress/service-scenarios.ts';
export { serviceScenarios } from './stress/service-scenarios.ts';
export { panelScenarios, stressedPanelCheck } from './stress-panel-check.ts';
export { stressedServiceCheck } from './stress-service-check.ts';
export type { Basis, Instrument, TickAssumption, TickTable } from './tick-table.ts';
export { instruments, tickTables } from './tick-table.ts';
export type { TradingLife, TradingStatus, TradingStop } from './trading-status.ts';
export { malfunctionMinutes, newsHalt, tradingStatus } from './trading-status.ts';
export type { Weights, WeightsName } from './universe.ts';
export { namedWeights } from './universe.ts';
export type { WarrantQuestion } from './warrant-limits.ts';
export { warrantLimits } from './warrant-limits.ts';
export { daysWithoutTrade, withoutSessions } from './without-sessions.ts';
