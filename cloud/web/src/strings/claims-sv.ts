/** Vad varje påstående i ett utslag betyder, för den som aldrig hört talas om Merkleträd. */
import type { ClaimId, Trust } from '../verify/examination.ts';
import type { ClaimWords } from './claims-en.ts';

/** Vad en kedjas slutgiltighet vilar på, per kedjeprofil. */
export const finalities: Readonly<Record<string, string>> = {
  ethereum: 'två tredjedelar av insatserna i Ethereums nätverk',
  'besu-qbft': 'två tredjedelar av konsortiets validerare',
  development:
    'ett enda program på datorn hos den som kör det: en utvecklingsliggare, som inte bevisar något för någon annan',
};

export const claims: Readonly<Record<ClaimId, ClaimWords>> = {
  sealed: {
    title: 'De här byten är vad agenten förseglade',
    proof: (f) =>
      f.readings === undefined
        ? `Agentens signatur över sats ${f.batch} med ${f.count} avläsningar, och vägen från den här, nummer ${Number(f.index) + 1}, till satsens rot.`
        : `Agentens signatur över sats ${f.batch}, kedjan av ${f.batches} satser fram till den, och vägarna från ${f.readings} avläsningar till satsernas rötter.`,
    no: 'Avläsningen, sigillet eller vägen mellan dem har ändrats.',
  },
  registered: {
    title: 'Agenten fick signera för den här loggen',
    proof: (f) =>
      `Revision ${f.rev} av operatörens signerade registerpost för ${f.origin}, plats ${f.slot}.`,
    no: 'Ingen post signerad av operatören låter den här nyckeln signera här.',
  },
  unrevoked: {
    title: 'Agentens nyckel har inte återkallats sedan dess',
    proof: (f) =>
      `Förankring ${f.anchor}, den senaste i liggarens bevisade tillstånd, bär alltjämt en post (revision ${f.rev}) där nyckeln gäller.`,
    no: 'Den senaste förankringen bär ingen post där nyckeln gäller.',
  },
  logged: {
    title: 'Sigillet står i gatewayens logg',
    proof: (f) =>
      `Vägen från rad ${f.entry} till den signerade kontrollpunkten över ${f.size} rader.`,
    no: 'Sigillet står inte där loggens signerade kontrollpunkt säger.',
  },
  history: {
    title: 'Den loggen har inte skrivits om sedan dess',
    proof: (f) =>
      `Vägen från ${f.size} rader till de ${f.newestSize} som förankring ${f.anchor}, den senaste, nämner.`,
    no: 'Loggen som liggaren känner till fortsätter inte den i filen.',
  },
  witnessed: {
    title: 'Vittnen såg samma logg',
    proof: (f, moment) =>
      `Medsignerad av ${f.witnesses} ${moment(Number(f.time))}.${f.own ? ` Drivs av operatören själv: ${f.own}.` : ''}`,
    no: 'För få av de vittnen som policyn nämner har signerat kontrollpunkten.',
  },
  called: {
    title: 'Loggens huvud ropades upp i uppropet',
    proof: (f) =>
      `Vägen från plats ${f.slot} av ${f.slots} till uppropet som förankring ${f.anchor} bär.`,
    no: 'Uppropet nämner en annan logg, ett annat huvud eller en annan plats.',
  },
  anchored: {
    title: 'Uppropet står i liggaren',
    proof: (f) =>
      `Vägen från förankring ${f.anchor} till loggen med ${f.anchors} förankringar i kontraktets tillstånd vid block ${f.block}, kedja ${f.chainId}.`,
    no: 'Liggarens tillstånd i filen innehåller inte den förankringen.',
  },
  block: {
    title: 'Det blocket är liggarens eget',
    proof: (f) =>
      `${
        f.sealed === undefined
          ? `Block ${f.block} har samma hash hos ${f.sources}, som sidan frågade alldeles nyss.`
          : `Block ${f.block} bär sigill från ${f.sealed} av de ${f.validators} validerare som policyn nämner.`
      } Det vilar på ${finalities[String(f.profile)] ?? f.profile}.`,
    no: 'Liggaren har ett annat block med det numret.',
  },
  bracket: {
    title: 'Den förseglades mellan två tidpunkter som liggaren intygar',
    proof: (f, moment) =>
      f.notBefore === null
        ? `Före ${moment(Number(f.notAfter))}, blockets tid. Inget begränsar nedåt: ingen förankring var slutgiltig ännu.`
        : `Efter ${moment(Number(f.notBefore))} och före ${moment(Number(f.notAfter))}: två blocks tider.`,
    no: 'Tiderna i sigillet och i liggaren motsäger varandra.',
  },
  clock: {
    title: 'Agentens klocka stämmer med liggaren',
    proof: (f, moment) =>
      typeof f.time === 'number'
        ? `Avläst ${moment(f.time)}, satsen stängd ${moment(Number(f.closedAt))}: båda ryms mellan blocken, inom ${f.errorMs} ms.`
        : `När var och en lästes av och när varje sats stängdes ryms mellan blocken, inom ${f.errorMs} ms.`,
    no: 'Agentens tider ryms inte mellan blocken: klockan gick fel, eller ställdes fel.',
  },
  decoded: {
    title: 'Enhetens egna byte säger detsamma',
    proof: (f) =>
      f.readings === undefined
        ? `De ${f.bytes} byte som enheten sände, avkodade på nytt här med drivrutinen ${f.driver}, ger dessa värden.`
        : `De byte som enheterna sände, avkodade på nytt här, ger värdena i ${f.readings} avläsningar.`,
    no: 'Enhetens byte säger något annat än avläsningen.',
  },
  complete: {
    title: 'Ingen avläsning saknas',
    proof: (f) =>
      `${f.readings} avläsningar i ${f.streams} serier, numrerade av agenten utan lucka. Där en period anges finns även avläsningarna närmast före och efter den.`,
    no: 'Avläsningar saknas, eller deras nummer följer inte på varandra.',
  },
  recomputed: {
    title: 'Talet följer av dessa avläsningar',
    proof: (f) => `Räknat på nytt här med ${f.projection}: ${f.value} ${f.unit}.`,
    no: 'Av dessa avläsningar blir det ett annat tal.',
  },
};

export const trusts: Readonly<Record<Trust, string>> = {
  agent: 'agenten: dess dator och dess nyckel',
  operator: 'operatören, som skriver in gateways',
  gateway: 'gatewayen, vars nyckel signerar loggen',
  witnesses: 'vittnena som din policy nämner',
  'own-witnesses': 'operatörens eget vittne: ingen oberoende',
  ledger: 'de som driver liggaren',
  'header-source': 'den som svarade för blocket',
};

export const nobody = 'ingen: det är räkning';

/** Varför ett påstående inte prövats eller inte håller. Andra skäl är felkoder och står som de är. */
export const reasons: Readonly<Record<string, string>> = {
  NO_POLICY: 'Ingen policy säger vem man ska lita på.',
  NOT_ANCHORED: 'Väntar på liggaren: förankringen är inte slutgiltig ännu.',
  NO_LEDGER_IN_POLICY: 'Policyn nämner ingen liggare.',
  NO_WITNESS_IN_POLICY: 'Policyn kräver inget vittne.',
  QUORUM_NOT_MET: 'Policyns krav på antal vittnen är inte uppfyllt.',
  NO_BLOCK_HEADER: 'Blocket har inte jämförts med liggarens eget svar.',
  OTHER_BLOCK: 'Liggaren svarar med en annan hash för det blocket.',
  NO_FRAME: 'Enhetens egna byte finns inte i filen.',
  NO_DECODER: 'Här finns ingen drivrutin för enheten.',
  OTHER_FRAME: 'Enhetens byte är inte de som avläsningen nämner.',
  OTHER_READING: 'Något annat lästes av eller förseglades än filen säger.',
  REVOKED: 'Nyckeln är återkallad.',
  NOT_REGISTERED: 'Ingen post nämner agenten.',
  OTHER_LOG: 'Sigillet gjordes för en annan logg.',
  OTHER_SLOT: 'Uppropets plats tillhör en annan logg.',
  OTHER_HEAD: 'Uppropet nämner ett annat huvud för loggen.',
  NOT_NEWEST: 'Det är inte det senaste som liggaren känner till.',
  NO_LEAF: 'En förankring som filen hänvisar till saknas eller är en annan.',
  BEFORE_BEACON: 'Den påstår sig vara äldre än det den hänvisar till.',
  AFTER_CLOSE: 'Avläst efter att satsen stängdes.',
  CLOSED_AFTER_ANCHOR: 'Stängd efter att den förankrades.',
  HOLES: 'Avläsningar saknas utan angivet skäl.',
  ERASED: 'Avläsningar har raderats, på operatörens ord.',
  END_OPEN: 'Ingen avläsning före eller efter perioden visas: dess ände är öppen.',
  OTHER_STREAM: 'Agentens nummer stiger inte med ett.',
  NO_PROJECTION: 'Sättet som talet räknades på finns inte här.',
  OTHER_NUMBER: 'Ett annat tal blir resultatet.',
  DEPENDS: 'Det vilar på ett påstående ovan som inte håller.',
};
