"""Words that surround a mention, by what they tell, in eleven languages: tables only, written for this project.

Every entry is a stem, matched at the start of a word after folding (case, accents); Chinese entries match
anywhere. A stem may stand in several groups. A trailing "$" asks for the whole word.
"""

from __future__ import annotations

# Words that speak of drugs or their chemistry whatever else an article is about. They open the second look,
# in which ambiguous names and misspellings are weighed at all.
DRUG: dict[str, str] = {
    "en": "drug narco opioid opiate overdos addict cartel stimulant hallucinogen psychoactiv psychotropic dealer$ dealers$ "
          "rehab detox junkie stoned withdrawal intoxicat street$name controlled$substance paraphernalia "
          "stash meth$lab clandestine$lab designer$drug party$drug legal$high new$psychoactive naloxone narcan needle$exchange",
    "de": "droge rauschgift betaubungsmittel btm$ suchtmittel suchtgift suchtig rauschmittel abhangigkeit dealer konsument "
          "drogen opioid opiat aufputsch halluzinogen uberdosis entzug substanz pulver",
    "es": "droga narco estupefacient opioide sobredosis adicci adicto psicotrop alucinogen traficant cartel alijo",
    "fr": "drogue stupefiant narco opioide surdose overdose toxicoman addict dealer trafiquant psychotrope saisie",
    "it": "droga droghe stupefacent narco oppioid overdose tossicodipend spaccio spacciator psicotrop",
    "nl": "drugs$ drugs drug$ verdovend opioide overdosis verslaaf narco dealer",
    "pl": "narkotyk narkoman odurzaj psychotrop dopalacz przedawkow uzalezn diler opioid",
    "pt": "droga narco entorpecent estupefacient opioide overdose viciad traficant psicotrop toxicodepend",
    "ru": "наркот наркоман наркобизнес психотроп передозиров опиоид наркодил закладк зелье",
    "zh": "毒品 吸毒 贩毒 制毒 毒贩 缉毒 毒枭 麻醉药品 精神药品 易制毒 成瘾 药物滥用 禁毒 涉毒 走私",
    "tr": "uyusturucu narko",
    "cs": "drog narko omamn",
    "uk": "наркот",
}  # fmt: skip

# Words of the chemistry and the trade of precursors.
PRECURSOR: dict[str, str] = {
    "en": "precursor chemical synthes reagent intermediate glycidate clandestine laborator cas$ feedstock solvent",
    "de": "vorlaufer grundstoff ausgangsstoff chemikalie synthese labor reagenz zwischenprodukt losungsmittel",
    "es": "precursor quimic sintesis laboratorio reactivo insumo",
    "fr": "precurseur chimique synthese laboratoire reactif",
    "it": "precursor chimic sintesi laboratori reagent",
    "nl": "precursor grondstof chemical synthese laborator lab$",
    "pl": "prekursor chemikal syntez laborator odczynnik",
    "pt": "precursor quimic sintese laboratorio reagente",
    "ru": "прекурсор химич химикат синтез лаборатор реагент",
    "zh": "前体 化学品 合成 实验室 原料 中间体 试剂 易制毒化学品",
}  # fmt: skip

# Words of taking, dealing and carrying drugs, and of the things used for it.
USE: dict[str, str] = {
    "en": "smok snort inject$ injected injecting sniff inhal shooting$up shot$up high$on got$high hooked trip$ tripping syringe needle bong joint$ joints$ pipe$ "
          "blotter rave$ raves$ clubber spliff crackhead tweak baggie$ baggies$ gram$ grams$ kilo$ kilos$ kilogram seiz confiscat smuggl traffick tablets$ pills$ pill$ "
          "capsules powder lab$ labs$ precursors laced cutting$agent tested$positive toxicolog addiction user$ users$ abuse$ abuser sober narcotics possession "
          "dosed tripped inmates prescription",
    "de": "rauch kiff schnupf spritz nadel$ joint$ joints$ bong$ high$ gestreckt vertick deal$ dealt konsum gramm kilogramm tutchen kokser junkie rausch "
          "sichergestell beschlagnahm tablette pille pillen zog$ zogen$ nase$ line$ lines$ trip$ trips$ grinder verschrieb haschisch clubs$ party",
    "es": "fum inyect esnif jering porro$ porros$ raya$ rayas$ gramo$ gramos$ kilo$ kilos$ camello dosis pastilla vend pipa$ pipas$ incaut decomis discoteca narcomenud drogad",
    "fr": "fum sniff inject seringue joint$ joints$ gramme$ grammes$ kilo$ kilos$ dose$ doses$ deal dealer sachet vend saisi rave$ buvard pochon barrette cachet comprime narine",
    "it": "fum sniff iniett bucav siringa spinell grammo grammi chilo$ chili$ dosi$ dose$ spacci pippa tirav pusher consumator panett sequestr pasticc",
    "nl": "rook rookt roken snuif snuiv spuit$ joint$ joints$ gram$ kilo$ pil$ pillen lijntje gebruiker verslav deal wiet xtc$ festival zakje trip$ trippen",
    "pl": "pali palil palen wciag strzykawk joint gram$ gramy gramow kilogram dawk tablet pigul diler uzalezn cpun zazy handl sprzeda lufk",
    "pt": "fum cheir injet seringa baseado cigarro grama$ gramas$ quilo$ quilos$ dose$ doses$ comprimid vend trafic apreen rave$ usuari boca$de$fumo cachimbo pilula",
    "ru": "кур нюхал нюхать вколо укол$ шприц косяк грамм килограмм доз$ дозу таблет закладк кайф торч сбыт продавал варил изъя наркот марку$ трубк вечеринк",
    "zh": "吸食 注射 针筒 克 公斤 千克 贩卖 溜冰 嗑药 瘾 抽大麻 查获 缴获 制造 药丸 新型毒品 幻觉 安全清关 发往欧洲",
}  # fmt: skip

# What the text tells about the substance: tag -> words.
TAGS: dict[str, dict[str, str]] = {
    "seizure": {
        "en": "seiz confiscat intercept recovered haul bust busted arrest smuggl traffick possession raid customs officers police",
        "de": "beschlagnahm sichergestellt sichergest fund$ zoll festgenommen schmuggel razzia polizei aufgegriffen",
        "es": "incaut decomis intervin detenid contraband aduana policia alijo",
        "fr": "saisi confisqu intercept arrete interpell douane police contrebande trafic",
        "it": "sequestr arrestat contrabband dogana polizia carabinier",
        "nl": "beslag aangehouden smokkel douane politie onderschept",
        "pl": "przejet zabezpiecz zatrzyman przemyt policj celn skonfiskow",
        "pt": "apreend detid contraband alfandega policia apreens",
        "ru": "изъя задержа контрабанд таможн полици конфиск",
        "zh": "缴获 查获 扣押 抓获 走私 海关 警方 逮捕",
    },
    "offer for sale": {
        "en": "for$sale vendor supplier$ suppliers$ buy$ order$ wholesale in$stock discreet shipping ship$ moq whatsapp telegram price per$kg bulk offer$ delivery",
        "de": "verkauf anbieter lieferant lieferung bestell kaufen angebot versand preis",
        "es": "venta vendedor proveedor compra oferta precio envio",
        "fr": "vente vendeur fournisseur acheter offre prix livraison",
        "it": "vendita venditor fornitor acquist offerta prezzo spedizion",
        "nl": "koop verkoop leverancier aanbieding prijs verzend",
        "pl": "sprzedaz sprzedawc dostawc kupi oferta cena wysylk",
        "pt": "venda vendedor fornecedor comprar oferta preco entrega",
        "ru": "продаж продав поставщик купить цена доставк",
        "zh": "出售 供应商 卖家 购买 报价 发货 现货 代购",
    },
    "legislation": {
        "en": "scheduled schedule$ schedules$ scheduling list$i list$ii controlled act$ regulation rule$ rulemaking ban$ banned bans$ law$ laws$ bill$ legislat prohibit",
        "de": "gesetz verordnung verbot verboten anlage unterstell",
        "es": "ley$ leyes$ fiscaliza prohib reglament decreto lista$",
        "fr": "loi$ decret interdi reglement classe inscrit",
        "it": "legge$ decreto vieta proibi tabella regolament",
        "nl": "wet$ opiumwet verbod verboden lijst",
        "pl": "ustaw rozporzadzen zakaz zakazan wykaz",
        "pt": "lei$ decreto proib regulament portaria",
        "ru": "закон запрет постановлен список перечень",
        "zh": "列管 管制 条例 法律 禁止 目录",
    },
    "medical use": {
        "en": "patient prescri dose$ doses$ dosage treatment therap clinic hospital anesth anaesth analges pain$ sedat withdrawal mg$ doctor pharmac",
        "de": "patient verschreib dosis behandlung therapie klinik krankenhaus narkose anasthes schmerz arzt apotheke",
        "es": "pacient receta dosis tratamiento terapia hospital anestes dolor medico farmac",
        "fr": "patient prescri dose$ traitement therapie hopital anesthes douleur medecin pharmac",
        "it": "pazient prescri dose$ trattament terapia ospedale anestes dolore medico farmac",
        "nl": "patient voorschrij dosis behandeling therapie ziekenhuis verdoving pijn arts$ apothe",
        "pl": "pacjent recept dawk leczen terapi szpital znieczul bol$ lekarz aptek",
        "pt": "pacient receita dose$ tratamento terapia hospital anestes dor$ medico farmac",
        "ru": "пациент рецепт доз лечени терапи больниц наркоз боль врач аптек",
        "zh": "患者 处方 剂量 治疗 医院 麻醉 疼痛 医生",
    },
    "research": {
        "en": "study$ studies$ researcher rats$ mice$ assay induced receptor pharmacolog trial$ trials$ in$vitro in$vivo",
        "de": "studie forscher ratten mause rezeptor untersuch",
        "es": "estudio investigador ratas$ receptor ensayo",
        "fr": "etude chercheur rats$ recepteur essai",
        "it": "studio$ ricercator ratti$ recettor",
        "nl": "studie onderzoek ratten receptor",
        "pl": "badani naukow szczur receptor",
        "pt": "estudo pesquisa ratos$ receptor",
        "ru": "исследован учен крыс рецептор",
        "zh": "研究 大鼠 小鼠 受体 试验",
    },
    "negated": {
        "en": "no$ not$ without$ never$ negative$ free$ denied absence",
        "de": "kein ohne$ nicht$ negativ frei$ nie$",
        "es": "no$ sin$ ningun nunca$ negativo",
        "fr": "pas$ sans$ aucun jamais$ negatif",
        "it": "non$ senza$ nessun mai$ negativ",
        "nl": "geen$ niet$ zonder$ nooit$",
        "pl": "nie$ bez$ brak$ zadn nigdy$",
        "pt": "nao$ sem$ nenhum nunca$ negativ",
        "ru": "не$ без$ нет$ никак",
        "zh": "没有 未检出 不含 无",
    },
    "historical": {
        "en": "century historical formerly in$the$1920s decades$ago years$ago 1960s 1970s 1980s world$war",
        "de": "jahrhundert historisch fruher damals weltkrieg",
        "es": "siglo$ historic antaño antigu guerra$mundial",
        "fr": "siecle historique autrefois jadis guerre$mondiale",
        "it": "secolo storic un$tempo guerra$mondiale",
        "nl": "eeuw historisch vroeger wereldoorlog",
        "pl": "wiek$ wieku historyczn dawniej wojn",
        "pt": "seculo historic outrora guerra$mundial",
        "ru": "век$ века$ историч ранее$ войн",
        "zh": "世纪 历史上 曾经 战争",
    },
}  # fmt: skip

# Units and forms in which drugs are counted, before or behind a name.
UNITS = (
    "mg µg μg ug mcg g kg gram grams gramm gramme grammes gramos gramo grammi grammo gramas grama gramów grama gr kilogram kilograms kilogramm "
    "kilogramos kilo kilos kilogramme kilogrammes chili chilo chilogrammi quilo quilos quilogramas pound pounds lb lbs pfund ounce ounces oz onza "
    "onzas once tonne tonnes ton tons tonnen tonelada toneladas tonnellate ton tony liter liters litre litres litro litros litri ml l "
    "г кг грамм граммов грамма килограмм килограммов килограмма тонн тонны тонна мг "
    "公斤 千克 克 吨 毫克 升"
).split()
FORMS = (
    "pill pills tablet tablets capsule capsules tabs tab powder crystal crystals rock rocks bag bags baggie baggies wrap wraps vial vials dose "
    "doses blotter blotters hits hit packet packets brick bricks bundle bundles user users addict addicts abuse addiction dealer dealers dealing "
    "trafficking smuggling use using consumption lab labs laboratory house houses pipe pipes overdose overdoses precursor precursors glycidate oil "
    "plants plant edibles vape cartridges joints resin "
    "pille pillen tablette tabletten pulver kapseln kapsel konsum handel dealer labor abhängige süchtige konsumenten küche trips "
    "pastilla pastillas tableta tabletas comprimido comprimidos polvo cápsulas dosis papelinas piedras "
    "pilule pilules comprimé comprimés cachets poudre gélules doses cailloux "
    "pastiglia pastiglie compresse polvere dosi "
    "pil tabletten poeder "
    "tabletki tabletek proszek porcji "
    "comprimidos pó pedras pinos "
    "таблетки таблеток порошок порошка доз "
    "片 粒 颗 粉 丸"
).split()
# Words that introduce another name of the same thing.
ALIAS = (
    "known as", "also known as", "otherwise known as", "street name", "called", "aka", "a.k.a.", "nicknamed", "slang for", "referred to as",
    "alias", "bekannt als", "genannt", "sogenannt", "auch als", "szenename", "conocido como", "conocida como", "llamado", "llamada", "alias",
    "connu sous le nom", "appelé", "dit", "dite", "conosciuto come", "conosciuta come", "detto", "detta", "bekend als", "zogenaamde", "znany jako",
    "zwany", "zwane", "conhecido como", "conhecida como", "chamado", "chamada", "известный как", "известного как", "так называем", "俗称", "又称", "即",
)  # fmt: skip

# Other senses, by name: words that speak for the other sense when they stand near.
OTHER_SENSES: dict[str, str] = {
    "p2p": "peer lending network file sharing payment point torrent bitcoin loan tauschborse kredit netzwerk wi fi protocol transmission traffic p2p"
           " prestamo credit pret reseau rete прот сеть кредит 网络 借贷 网贷 平台 支付",
    "pmk": "politisch motivierte kriminalitat polizei staatsschutz straftat rechts links extremis peraturan menteri keuangan menko wi fi wpa pairwise key "
           "handshake router psk eapol kemenko muhadjir pajak mahkamah konstitusi",
    "bmk": "bundesministerium klimaschutz ministerium osterreich bmkg bank markazi umwelt mobilitat",
    "ice": "immigration customs enforcement agent agents homeland deport cream cube hockey skating rink arctic antarctic glacier melt frozen sheet age train bahn "
           "zug deutsche futures exchange clear brent skate cold snow water winter planet road black break cap berg detention raids",
    "speed": "high internet broadband km mph limit wind train car engine top full processor driving download drive ship running pace record racing camera rate traffic "
             "geschwindigkeit per hour light vehicle up walking fast",
    "crack": "down team code joke safe wall hull pipe open whip dawn troops software hack password welds fatigue concrete ice squad egg",
    "h": "hour p.m. uhr",
    "snow": "winter weather storm ski depth white fall falling ice mountain meter cold rain treasury secretary john jon flurries drift schnee",
    "molly": "she her ms mrs actress miss",
    "crystal": "palace clear ball glass display lcd sugar structure lattice liquid chandelier vase quartz growth river",
    "weed": "out garden herbicide control grow lawn crop farmer pulling",
    "grass": "lawn court tennis green mow field roots wimbledon gunter garden cattle cut football pitch",
    "pot": "cooking boil plant flower tea melting gear snooker soup stew kitchen clay pan line",
    "coke": "cola coca pepsi drink bottle coal steel oven blast furnace petroleum diet refinery ton tonnes bottling soda metallurgical",
    "mda": "malondialdehyde oxidative lipid peroxidation muscular dystrophy state assembly minnesota maryland agriculture mail delivery missile kernel brokerage adware motor",
    "dmt": "multitone adsl dsl modem terephthalate management technology dimethyl differential",
    "dom": "document javascript html browser cathedral element api node web xss cologne koln kolner",
    "gbl": "ground bundle",
    "mapa": "map mapping ministerio ministry agricultura mapas",
    "npp": "nuclear power plant primary production promoter reactor productivity phytoplankton wordpress notepad patriotic party ghana",
    "pcp": "primary care physician provider pneumonia pneumocystis pentachlorophenol portuguese communist partido",
    "stp": "spanning tree standard temperature pressure transport segmentation switch dossier oil treatment plant sewage",
    "tcp": "ip port packet protocol socket connection network udp server",
    "php": "code web server mysql script programming peso pesos website plugin language apache",
    "thc": "hydrocarbon emissions hydrocarbons",
    "pma": "philippine military academy pre market approval alumni purchase",
    "spa": "hotel wellness massage treatment beauty resort pool",
    "doc": "doctor file word pdf document",
    "k": "thousand mart street",
    "e": "mail commerce book",
    "acid": "rain battery sulfuric sulphuric hydrochloric nitric amino acetic fatty citric phosphoric lactic uric folic house jazz attack burns thrown",
    "base": "data military air army naval rate customer fan line",
    "spice": "girls cumin pepper curry cooking flavour food ginger cinnamon kitchen",
    "ecstasy": "agony joy religious saint delight crowd pure fans rapture",
    "heroine": "film novel actress role tragic war",
    "smack": "dollar face talk lips wwe hand child",
    "skunk": "animal spray smell works",
    "tar": "sand sands oil road roof file archive gz",
    "bars": "restaurants prison behind chocolate pubs gold clubs nightclubs",
    "dust": "storm vacuum cloud coal cosmic settle settled",
    "rock": "band music album roll concert star formation climbing",
    "blow": "wind whistle heavy major candles off over up suffered dealt",
    "gas": "natural oil pipeline",
    "g": "7 20 8 4g 5g",
    "k2": "mountain climb peak summit pakistan karakoram winter mountaineer expedition",
    "sonata": "piano hyundai violin beethoven car",
    "soma": "huxley san francisco",
    "android": "users update google phone smartphone app apple ios samsung operating",
    "lsd": "lumpy skin disease cattle pounds pence shillings differential sperrdifferential slip",
    "ghb": "bank mortgage thailand housing",
    "tma": "trimethylamine terminal",
    "dob": "birth date born",
    "iso": "standard certified certification",
    "ether": "ethernet ethereum bitcoin crypto blockchain network",
    "salvia": "sage garden leaf plant",
    "iodine": "iodine deficiency thyroid salt",
    "冰": "冰块 冰雪 冰箱 滑冰 冰川",
}  # fmt: skip

# Words before a name that make a longer, other name of the two (regular expressions).
LONGER_BEFORE = {
    "acid": r"(?:[a-z]{3,}ic|[a-z]{3,}ous|amino|bile|fatty|stomach|battery|nucleic|omega|free)$",
    "hcl": r"[a-z]{5,}$", "k": r"vitamin[ae]?$|^mc$", "e": r"vitamin[ae]?$", "h": r"^[a-z]$", "ice": r"(?:dry|black|sea|pack)$",
    "crystal": r"(?:liquid|single|quartz|ionic|photonic)$", "speed": r"(?:high|full|top|wind|ground|air|average|walking|running|light|low|clock|download|broadband)$",
    "base": r"(?:data|customer|user|military|air|naval|army|tax|fan|knowledge|client|home|free|asset|rate|nucleic|solid)$",
    "iodine": r"(?:bound)$", "spice": r"(?:old)$", "coke": r"(?:petroleum|metallurgical|diet|pet|coking)$",
}  # fmt: skip

# Words behind a name that make a verb or an idiom of it.
PARTICLES = frozenset("up down out off away through over into open".split())
FUNCTION_BEFORE = frozenset("to will would could can may must should cannot".split())

# Names with another sense that in news nevertheless mostly mean the drug, by language.
LIKELY = frozenset(
    [("heroína", "es"), ("heroína", "pt"), ("héroïne", "fr"), ("eroina", "it"), ("heroina", "pl"), ("éxtasis", "es"), ("ecstasy", "de"), ("ecstasy", "en"),
     ("ecstasy", "fr"), ("ecstasy", "nl"), ("ecstasy", "it"), ("ecstasy", "pt"), ("ecstasy", "pl"), ("weed", "en"), ("crack", "fr"), ("crack", "pt"),
     ("wiet", "nl"), ("koks", "de"), ("coca", "es"), ("crystal meth", "en")]
)  # fmt: skip

# Acronyms that are words, or parts of words, when written small.
ACRONYM_WORDS = frozenset(
    "doet dom doc spa det ice mal php aet iso trip flea map mapa dame dam pot pit pis mes mon son ton don dob doi amt pac pas par aa et el la "
    "de des da do di em en es is it la le les lo los me mi no nu on os pa pe pi po sa se si so su te to tu un va ve wie pep mat hat cat khat kat "
    "pcp spice base ether sol sal met meta tina leaf dex".split()
)

# Where one street name is used for several substances: what it commonly means.
EVERYDAY = {
    "ice": "metamfetamine", "speed": "amfetamine", "crack": "cocaine", "coke": "cocaine", "snow": "cocaine", "blow": "cocaine", "ecstasy": "mdma",
    "molly": "mdma", "xtc": "mdma", "smack": "heroin", "h": "heroin", "tar": "heroin", "weed": "cannabis", "pot": "cannabis", "grass": "cannabis",
    "skunk": "cannabis", "hash": "cannabis-resin", "crystal": "metamfetamine", "crystal meth": "metamfetamine", "glass": "metamfetamine",
    "meth": "metamfetamine", "acid": "lysergide", "k": "ketamine", "special k": "ketamine", "angel dust": "phencyclidine", "dust": "phencyclidine",
    "e": "mdma", "g": "ghb", "dope": "heroin", "china white": "fentanyl", "bars": "alprazolam", "bath salts": "mdpv",
}  # fmt: skip
