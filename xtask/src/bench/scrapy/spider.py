"""Follows all links of a site and keeps title and main text of each page, as fast as Scrapy does it without pauses.

Called with the site's address, the number of requests at once and the file for what is found. Prints what it took as JSON.
"""

import json
import sys
import time
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import CrawlerProcess


class Site(scrapy.Spider):
    """One site, from its first page on."""

    name = "site"

    def parse(self, response):
        main = response.xpath("//main//text()[normalize-space()]").getall()
        yield {
            "url": response.url,
            "title": response.css("title::text").get(),
            "text": "\n".join(part.strip() for part in main),
        }
        yield from response.follow_all(css="a[href]", callback=self.parse)


def crawl(address, at_once, found):
    process = CrawlerProcess(
        {
            "AUTOTHROTTLE_ENABLED": False,
            "CONCURRENT_REQUESTS": at_once,
            "CONCURRENT_REQUESTS_PER_DOMAIN": at_once,
            "COOKIES_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
            "FEEDS": {found: {"format": "jsonlines", "overwrite": True}},
            "LOG_ENABLED": False,
            "ROBOTSTXT_OBEY": True,
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    process.crawl(Site, start_urls=[address], allowed_domains=[urlsplit(address).hostname])
    begun = time.perf_counter()
    process.start()
    return time.perf_counter() - begun


if __name__ == "__main__":
    took = crawl(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    with open(sys.argv[3], encoding="utf-8") as lines:
        pages = [json.loads(line) for line in lines]
    told = {
        "scrapy": scrapy.__version__,
        "pages": len({page["url"] for page in pages}),
        "characters": sum(len(page["text"]) for page in pages),
        "seconds": took,
    }
    print(json.dumps(told))
