"""The pipeline: the one path from a source to an alert, and the same path again for stored articles.

    Source -collect-> Document -extract-> Article -find, look-> Mention -decide-> Alert -> Story -> record
     (I/O)             (pure)             (pure, OPSIN)          (pure)          (values)    one transaction

Read from top to bottom: `run` (sources, checks, batches), `judge` (what texts are judged by), `structures`
and `interpret` (names that no list has), `story_desk` (the story of an article), `rescan` (stored articles
again); `prepare` brings the watchlist in force before the first article. Wings are imported where they are
used, so that the matcher alone needs neither the database nor the network.
"""
