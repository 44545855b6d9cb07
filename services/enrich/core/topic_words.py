"""The words by which topics are told: for each IPTC Media Topic of the top level, words with weights."""

from __future__ import annotations

from types import MappingProxyType

TOPICS = MappingProxyType(
    {
        "01000000": "arts, culture, entertainment and media",
        "02000000": "crime, law and justice",
        "03000000": "disaster, accident and emergency incident",
        "04000000": "economy, business and finance",
        "05000000": "education",
        "06000000": "environment",
        "07000000": "health",
        "08000000": "human interest",
        "09000000": "labour",
        "10000000": "lifestyle and leisure",
        "11000000": "politics",
        "12000000": "religion",
        "13000000": "science and technology",
        "14000000": "society",
        "15000000": "sport",
        "16000000": "conflict, war and peace",
        "17000000": "weather",
    }
)
"""IPTC NewsCodes, Media Topics (CC BY 4.0, IPTC): the seventeen topics without a broader one, English labels."""

_STRONG, _PLAIN, _FAINT = 3, 2, 1
"""Near certain; usual; only together with others."""

_LISTS: tuple[tuple[str, int, str], ...] = (
    ("01000000", _STRONG, "film filmmaker movie album singer actor actress novel novelist concert theatre museum orchestra "
     "painting exhibition box-office grammy oscar oscars emmy bafta bollywood sculptor screenwriter ballet opera"),
    ("01000000", _PLAIN, "music musician artist artists festival song band celebrity director television drama author poet "
     "gallery culture comedy streaming premiere newspaper broadcaster journalist journalists"),
    ("02000000", _STRONG, "murder murdered homicide court prosecutor prosecutors trial convicted sentenced indicted jury defendant "
     "verdict judge arrested suspect suspects theft robbery rape fraud bribery smuggling trafficking lawsuit plaintiff kidnapped"),
    ("02000000", _PLAIN, "police crime criminal charged charges prison jail jailed lawyer lawyers guilty detained custody "
     "investigation stabbing shooting gunman corruption appeal ruling alleged accused sentence arrest attorney legal"),
    ("03000000", _STRONG, "earthquake quake tsunami landslide avalanche wildfire wildfires flood floods flooding crash crashed derailed "
     "derailment explosion capsized collapsed aftershock rescuers eruption volcano shipwreck magnitude epicenter epicentre "
     "blast mudslide stampede"),
    ("03000000", _PLAIN, "disaster accident rescue rescued evacuated evacuation survivors casualties emergency blaze fire firefighters "
     "missing rubble toll injured damage damaged destroyed"),
    ("04000000", _STRONG, "shares investors stocks earnings profit profits revenue bank banks inflation economy gdp merger acquisition "
     "bonds dividend shareholders bankruptcy ipo nasdaq futures tariffs exports imports quarterly equity currency"),
    ("04000000", _PLAIN, "market markets company companies economic business trade billion prices price growth percent investment "
     "oil dollar euro yen rates rate sales analysts industry finance financial budget debt firm consumers crude barrel stock"),
    ("05000000", _STRONG, "school schools pupils students teachers university classroom curriculum exams tuition kindergarten campus "
     "enrolment enrollment literacy undergraduate education"),
    ("05000000", _PLAIN, "student teacher college academic graduates professor scholarship degree graduation"),
    ("06000000", _STRONG, "climate emissions biodiversity deforestation conservation pollution wildlife carbon renewable species "
     "endangered ecosystem greenhouse environmentalists rainforest coral poaching recycling"),
    ("06000000", _PLAIN, "environmental environment environmentally forest forests rivers plastic waste solar habitat warming nature"),
    ("07000000", _STRONG, "vaccine vaccines vaccination virus hospital hospitals patients disease outbreak pandemic epidemic coronavirus "
     "covid covid-19 cancer doctors infections infected ebola cholera malaria measles influenza surgery symptoms medicine"),
    ("07000000", _PLAIN, "health medical doctor treatment deaths clinical drug nurses quarantine illness diagnosed mental clinic"),
    ("08000000", _STRONG, "birthday anniversary centenarian lottery quirky heartwarming wedding obituary royal prince princess duchess"),
    ("08000000", _PLAIN, "award awards honored honoured celebrated record-breaking oldest tribute funeral mourners"),
    ("09000000", _STRONG, "strike strikes union unions workers layoffs unemployment wages wage walkout picket redundancies "
     "pensions jobless labour labor"),
    ("09000000", _PLAIN, "jobs employees employment employer employers pay salary salaries workforce staff hiring"),
    ("10000000", _STRONG, "tourism tourists fashion restaurant restaurants recipe chef travel holidaymakers hobby gardening wine hotel hotels"),
    ("10000000", _PLAIN, "food cuisine leisure games gaming beach vacation holiday luxury shopping cooking"),
    ("11000000", _STRONG, "election elections president parliament parliamentary minister senate senator lawmakers ballot vote voters "
     "coalition referendum cabinet legislation candidate opposition congress impeachment diplomats ambassador chancellor"),
    ("11000000", _PLAIN, "government political party policy leader foreign sanctions diplomatic prime democracy campaign bill "
     "democratic republican conservative liberal summit treaty administration governor mayor official officials council"),
    ("12000000", _STRONG, "church pope bishop mosque temple synagogue cardinal clergy religious religion pilgrims imam rabbi vatican "
     "prayers cathedral archbishop ramadan hajj theology monks"),
    ("12000000", _PLAIN, "faith christian muslim muslims christians jewish hindu buddhist islamic catholic priest worship holy"),
    ("13000000", _STRONG, "scientists researchers spacecraft satellite nasa astronauts telescope physics genome software artificial "
     "algorithm smartphone semiconductor rocket orbit quantum robot robots astronomers cybersecurity hackers"),
    ("13000000", _PLAIN, "research technology study science scientific internet computer data digital laboratory tech discovery online "
     "app users space chips"),
    ("14000000", _STRONG, "refugees migrants immigration asylum poverty discrimination racism abortion homelessness census "
     "welfare feminist gender lgbt minorities orphanage famine"),
    ("14000000", _PLAIN, "rights community communities families women children humanitarian migration equality social civilians elderly "
     "charity aid displaced ethnic"),
    ("15000000", _STRONG, "football soccer tennis cricket basketball baseball rugby olympic olympics championship goalkeeper striker "
     "midfielder playoff playoffs quarterback batsman wickets golf fifa uefa nba nfl tournament medal athletes coach league"),
    ("15000000", _PLAIN, "match game season team players goal goals scored cup win victory defeat final title race club fans "
     "points champion champions defender innings sport sports stadium"),
    ("16000000", _STRONG, "war troops airstrike airstrikes insurgents militants rebels ceasefire missile missiles bombing soldiers "
     "military army terrorist terrorism offensive militia shelling artillery suicide-bomber extremists jihadists insurgency coup "
     "invasion hostage hostages warplanes truce fighters guerrillas drone drones"),
    ("16000000", _PLAIN, "attack attacks killed forces conflict violence fighting armed peace bomb weapons strikes strike troop battle "
     "civilians protesters protests clashes demonstrators security defense defence nuclear"),
    ("17000000", _STRONG, "hurricane typhoon cyclone tornado blizzard snowstorm heatwave rainfall forecast forecasters meteorologists "
     "temperatures thunderstorms monsoon drought"),
    ("17000000", _PLAIN, "weather storm storms winds rain rains snow heat cold gusts temperature tropical landfall"),
    ("17000000", _FAINT, "degrees celsius fahrenheit inches"),
)  # fmt: skip


def _weights() -> dict[str, tuple[tuple[str, int], ...]]:
    found: dict[str, dict[str, int]] = {}
    for topic, weight, words in _LISTS:
        for word in words.split():
            found.setdefault(word, {})[topic] = weight
    return {word: tuple(topics.items()) for word, topics in found.items()}


WEIGHTS = MappingProxyType(_weights())
"""By word in small letters, the topics that it speaks for, each with its weight."""
