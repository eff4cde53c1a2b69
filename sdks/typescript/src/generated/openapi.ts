// Generated from the OpenAPI document by ./generate. Do not edit.

export interface paths {
    "/transcriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List transcriptions
         * @description The account's transcriptions, newest first unless `sort` says otherwise. A page stays as it is while new ones arrive.
         */
        get: operations["list_transcriptions"];
        put?: never;
        /**
         * Transcribe a recording
         * @description Takes a recording at a URL or an upload, and answers at once. The price is held as soon as the length is known, and charged on completion. What the source or the recording itself is to blame for is told later, in the `error` of the transcription.
         */
        post: operations["create_transcription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        /**
         * Look at a transcription
         * @description The transcription as it stands.
         */
        get: operations["get_transcription"];
        put?: never;
        post?: never;
        /**
         * Delete a transcription
         * @description Deletes text, recording and whatever was made of them, for good. One that is processing is given up, and nothing is charged. The ledger keeps its entries.
         */
        delete: operations["delete_transcription"];
        options?: never;
        head?: never;
        /**
         * Change a transcription
         * @description Changes its title, metadata or tags, or gives its speakers names.
         */
        patch: operations["update_transcription"];
        trace?: never;
    };
    "/transcriptions/{transcription_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a transcription
         * @description Ends a processing one as failed with the code `canceled`. Nothing is charged. Takes no body.
         */
        post: operations["cancel_transcription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a failed transcription again
         * @description Makes a new transcription of the same source with the same options. What was to be told to a `webhook_url` is told there, signed with a new secret, which the answer has this once. Takes no body.
         */
        post: operations["retry_transcription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/understand": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Understand a transcription again
         * @description Makes chapters, topics, summary and search index anew from the words that are there, for nothing. What is there already can be read until it is replaced; `artifacts` says how far each is. Takes no body.
         */
        post: operations["understand_transcription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        /**
         * Read the result
         * @description What was said, once the transcription is completed. Until then the answer is 409 `not_ready`; that of a failed one is 409 with the code of its own `error`.
         */
        get: operations["get_transcription_result"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/wait": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        /**
         * Wait for a transcription
         * @description Holds the request until the status is final or the time is up, and answers with the transcription either way. Ask again while it says `processing`.
         */
        get: operations["wait_for_transcription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        /**
         * Follow a transcription
         * @description Server-sent events as they happen. The stream ends with the final `status`; one that breaks off before that, after an hour at the latest, can be asked for again and begins with all that is known.
         */
        get: operations["stream_transcription_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what is in the trash
         * @description Transcriptions that were put into the trash in the last thirty days. Until they are restored they are found nowhere else. `DELETE /transcriptions/{transcription_id}` deletes one of them for good.
         */
        get: operations["list_trash"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/trash": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a transcription into the trash
         * @description Takes it out of lists, search and answers. It can be restored for thirty days, then it is deleted for good. One that is processing is canceled first, and nothing is charged. Takes no body.
         */
        post: operations["trash_transcription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a transcription out of the trash
         * @description Brings it back as it was. A completed one is searched again after some seconds. Takes no body.
         */
        post: operations["restore_transcription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/media": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a recording and keep its transcript
         * @description Deletes the recording for good; the text and whatever was made of it stay. Nothing happens where it is gone already. `retention` of a create does the same by itself.
         */
        delete: operations["delete_transcription_media"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/edits": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Edit a transcript
         * @description Makes up to 100 edits of a completed transcription, all or none, as one revision. `revision` is the one that they are meant for; when the transcript has been edited since, the answer is 409 `revision_conflict`. Search follows within seconds; chapters, topics and summary are `stale` until they are made again.
         */
        post: operations["edit_transcription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo
         * @description Takes back the last revision that has not been, exactly, as a revision of its own. Again and again it goes back to what was heard, as far as revisions are kept: the last 500, if they are not very large.
         */
        post: operations["undo_edit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/redo": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Redo
         * @description Makes again what was undone last. After another edit there is nothing to redo.
         */
        post: operations["redo_edit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        /**
         * List revisions
         * @description What was done to the transcript by hand, newest first.
         */
        get: operations["list_revisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        /**
         * Export a transcription
         * @description A completed transcription as a file, of one revision of it. Captions are divided at the ends of sentences, then of clauses, by the times of the words; none exceeds a limit that can be kept, none overlaps another or holds two speakers. `vtt_karaoke` is WebVTT with a timestamp at every word. `json` is the result. `chapters_youtube` are lines for a video's description, `chapters_podcast` is Podcasting 2.0.
         */
        get: operations["export_transcription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export many transcriptions
         * @description Up to 100 completed transcriptions, each in every format that is asked for, as one zip. Unless all of them are yours and completed nothing is sent. What one of them has not, such as chapters, is left out and named in `left out.txt`.
         */
        get: operations["export_transcriptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/shares": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        /**
         * List the share links of a transcription
         * @description Its links, newest first, also those that have expired.
         */
        get: operations["list_shares"];
        put?: never;
        /**
         * Make a share link
         * @description Makes an address at which anyone may read a completed transcript, without signing in: all that it takes is the address, and the password where there is one. It shows the transcript with its title, date and length, and the `parts` that are asked for. Edits show there too. It ends at once when it is deleted, and when the transcription is deleted or put into the trash; out of the trash, it works again. A transcription has up to 50 links.
         */
        post: operations["create_share"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/shares/{share_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a share link, `shr_…`. */
                share_id: string;
            };
            cookie?: never;
        };
        /**
         * Look at a share link
         * @description The link as it stands, with how often it was opened.
         */
        get: operations["get_share"];
        put?: never;
        post?: never;
        /**
         * Revoke a share link
         * @description Ends it at once, also for whoever has it open. Its address is never given again.
         */
        delete: operations["delete_share"];
        options?: never;
        head?: never;
        /**
         * Change a share link
         * @description Changes when it ends, its password or what it shows. The address stays as it is. With another password, whoever gave the one before is asked again.
         */
        patch: operations["update_share"];
        trace?: never;
    };
    "/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search the library
         * @description Finds moments by words and by meaning together: the words of the query however they are inflected, and what is like it in other words.
         */
        get: operations["search_library"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/search": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        /**
         * Search one transcription
         * @description Finds moments by words and by meaning together: the words of the query however they are inflected, and what is like it in other words.
         */
        get: operations["search_transcription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/questions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List questions
         * @description What was asked, on the pages and through the API, the latest first.
         */
        get: operations["list_questions"];
        put?: never;
        /**
         * Ask the library
         * @description Answers from the transcripts alone. Every quote stands word for word in the transcript that it cites; where the transcripts do not answer, `answerable` is false and nothing is made up. The answer is kept.
         */
        post: operations["ask_library"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transcriptions/{transcription_id}/questions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask one transcription
         * @description Answers from the transcripts alone. Every quote stands word for word in the transcript that it cites; where the transcripts do not answer, `answerable` is false and nothing is made up. The answer is kept.
         */
        post: operations["ask_transcription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/questions/{question_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a question, `qa_…`. */
                question_id: string;
            };
            cookie?: never;
        };
        /**
         * Look at a question
         * @description A question with its answer.
         */
        get: operations["get_question"];
        put?: never;
        post?: never;
        /**
         * Forget a question
         * @description Deletes the question, its answer and its citations. They also go with a transcription that they are about.
         */
        delete: operations["delete_question"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/quotes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask what a transcription would cost
         * @description Takes the body of a create and measures the recording. Free; it holds nothing, and leaves an upload unused. Where only the whole file would tell the length, length and price are null.
         */
        post: operations["create_quote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prepare an upload
         * @description Answers with an address for one file. Send the bytes there by PUT, with exactly the headers of the answer and without a key; a wrong size, type or checksum is refused. With `multipart`, send it in parts instead: ask for their addresses, PUT each part, and complete the upload; what breaks off goes on from the parts that have arrived. An upload serves one transcription; after 24 hours one that served none is deleted.
         */
        post: operations["create_upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an upload, `up_…`. */
                upload_id: string;
            };
            cookie?: never;
        };
        /**
         * Look at an upload
         * @description Tells whether the bytes have arrived, or which parts. While they are awaited in one piece, each answer has a new address for them, good for a quarter of an hour.
         */
        get: operations["get_upload"];
        put?: never;
        post?: never;
        /**
         * Delete an upload
         * @description Gives an upload up and drops what has arrived. One that serves a transcription goes with it.
         */
        delete: operations["delete_upload"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads/{upload_id}/parts": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an upload, `up_…`. */
                upload_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get the addresses of parts
         * @description Answers with an address for each of these parts, up to 100, each good for an hour. PUT the bytes there as for a whole file; three or four at a time are a good measure. Until the upload is complete a part may be sent again, with the same address or a new one; the last that arrived whole stays.
         */
        post: operations["create_upload_parts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads/{upload_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an upload, `up_…`. */
                upload_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete an upload in parts
         * @description Makes one file of the parts. Where some are missing, the refusal names them. Completing it again does nothing; an upload in one piece is complete by itself.
         */
        post: operations["complete_upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhook_endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List endpoints
         * @description The account's endpoints, newest first. Those of single transcriptions are found by their `transcription_id`.
         */
        get: operations["list_webhook_endpoints"];
        put?: never;
        /**
         * Add an endpoint
         * @description Has an address told of events, by a POST that is signed as Standard Webhooks 1.0 says. The answer has the secret, this once. An account has up to 20 endpoints, besides those of single transcriptions (`webhook_url`).
         */
        post: operations["create_webhook_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhook_endpoints/{webhook_endpoint_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a webhook endpoint, `whe_…`. */
                webhook_endpoint_id: string;
            };
            cookie?: never;
        };
        /**
         * Look at an endpoint
         * @description The endpoint as it stands.
         */
        get: operations["get_webhook_endpoint"];
        put?: never;
        post?: never;
        /**
         * Delete an endpoint
         * @description Deletes it with its deliveries. Events stay.
         */
        delete: operations["delete_webhook_endpoint"];
        options?: never;
        head?: never;
        /**
         * Change an endpoint
         * @description Changes its address, what it is told of or what it is for, or switches it on or off. While it is off nothing is sent to it, and what happens makes no deliveries.
         */
        patch: operations["update_webhook_endpoint"];
        trace?: never;
    };
    "/webhook_endpoints/{webhook_endpoint_id}/rotate_secret": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a webhook endpoint, `whe_…`. */
                webhook_endpoint_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change an endpoint's secret
         * @description Makes a new secret, which the answer has this once. For 24 hours both sign, so that receivers can change over at leisure. Takes no body.
         */
        post: operations["rotate_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhook_endpoints/{webhook_endpoint_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a webhook endpoint, `whe_…`. */
                webhook_endpoint_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test an endpoint
         * @description Sends it a `webhook.test`, whatever it is told of otherwise. Takes no body.
         */
        post: operations["test_webhook_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhook_endpoints/{webhook_endpoint_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a webhook endpoint, `whe_…`. */
                webhook_endpoint_id: string;
            };
            cookie?: never;
        };
        /**
         * List an endpoint's deliveries
         * @description What was and will be sent to it, newest first, for 30 days.
         */
        get: operations["list_webhook_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhook_endpoints/{webhook_endpoint_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a webhook endpoint, `whe_…`. */
                webhook_endpoint_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver everything since a time again
         * @description Sends all events since then that the endpoint is told of, those too that were delivered or never sent to it. Each has the id that it had before.
         */
        post: operations["redeliver_webhook_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhook_deliveries/{webhook_delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a webhook delivery, `whd_…`. */
                webhook_delivery_id: string;
            };
            cookie?: never;
        };
        /**
         * Look at a delivery
         * @description The delivery with its attempts: what was sent, and what was answered.
         */
        get: operations["get_webhook_delivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhook_deliveries/{webhook_delivery_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a webhook delivery, `whd_…`. */
                webhook_delivery_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver an event again
         * @description Sends the event again, whatever became of it, with the id that it had before. Takes no body.
         */
        post: operations["redeliver_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events
         * @description What happened in the last 30 days, newest first, each as it was or would have been posted to an endpoint. To catch up after an outage, ask for everything since the last event that you have dealt with; none that was slower to be written is missed.
         */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{event_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an event, `evt_…`. */
                event_id: string;
            };
            cookie?: never;
        };
        /**
         * Look at an event
         * @description One event, as it was or would have been posted to an endpoint.
         */
        get: operations["get_event"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at the account
         * @description Who the key belongs to, what is in the wallet, and what was spent this month.
         */
        get: operations["get_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pipelines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List pipelines
         * @description What this service can transcribe with, and at what price. All of them are on one page.
         */
        get: operations["list_pipelines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See where the money went
         * @description Transcriptions, seconds and charges by day, pipeline or key; groups without any are left out. Newest first by day, most expensive first otherwise. All of them are on one page.
         */
        get: operations["list_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "transcription.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A transcription was completed
         * @description Posted to the endpoints that are told of it. Answer with a 2xx within 15 seconds, and do the work afterwards. Anything else, a redirect too, is tried again: after 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours, or later where `Retry-After` says so. Events may come twice and in any order.
         */
        post: operations["on_transcription_completed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "transcription.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A transcription failed, or was canceled
         * @description Posted to the endpoints that are told of it. Answer with a 2xx within 15 seconds, and do the work afterwards. Anything else, a redirect too, is tried again: after 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours, or later where `Retry-After` says so. Events may come twice and in any order.
         */
        post: operations["on_transcription_failed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "webhook.test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Somebody tests an endpoint
         * @description Posted to the endpoints that are told of it. Answer with a 2xx within 15 seconds, and do the work afterwards. Anything else, a redirect too, is tried again: after 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours, or later where `Retry-After` says so. Events may come twice and in any order.
         */
        post: operations["on_webhook_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /** @description Whose key it is. */
        Account: {
            /** @description `acct_…` */
            id: string;
            /** @description The address it signs in with. */
            email: string;
            /**
             * @description What it pays by.
             * @enum {string}
             */
            plan: "free" | "pro";
        };
        /** @description Something that somebody is to do. */
        ActionItem: {
            /** @description What is to be done. */
            text: string;
            /** @description Who is to do it; null where nobody is named. */
            owner: string | null;
            /** @description Where it is said: from here, in seconds. */
            start: number;
            /** @description To here, in seconds. */
            end: number;
        };
        /** @description Who answered. */
        AnsweredBy: {
            /** @description `llm` is the language model, `extractive` answers in the transcripts' own words. */
            engine: components["schemas"]["Engine"];
            /** @description The model, where there is one. */
            model: string | null;
        };
        /** @enum {string} */
        ArtifactStatus: "pending" | "ready" | "failed";
        /** @description How far each thing is that is made of a recording. */
        Artifacts: {
            /** @description The segments of the result. */
            transcript: components["schemas"]["ArtifactStatus"];
            /** @description The chapters of the result. */
            chapters: components["schemas"]["ArtifactStatus"];
            /** @description The topics of the result. */
            topics: components["schemas"]["ArtifactStatus"];
            /** @description The summary of the result. */
            summary: components["schemas"]["ArtifactStatus"];
            /** @description Whether it can be searched. */
            search: components["schemas"]["ArtifactStatus"];
        };
        /** @enum {string} */
        AttemptError: "timed_out" | "unreachable" | "tls_failed" | "no_answer";
        /** @description A transcript that was made elsewhere. */
        BroughtTranscript: {
            /**
             * @description How it is written. JSON is `{"segments": [{"start", "end", "text", "speaker"?}]}`, or a result of this API.
             * @enum {string}
             */
            format: "srt" | "vtt" | "json";
            /** @description The file as it is, as one string. */
            content: string;
        };
        /** @description A point of the summary. */
        Bullet: {
            /** @description What is said. */
            text: string;
            /** @description Where it is said: from here, in seconds. */
            start: number;
            /** @description To here, in seconds. */
            end: number;
        };
        /** @description Segments in the place of others. */
        Change: {
            /** @description The segments that were there, by their ids in the earlier revision. */
            replaced_ids: string[];
            /** @description The segments that are there now, with the ids they have now. */
            segments: components["schemas"]["Segment"][];
        };
        /** @description A part of the recording about one thing. Chapters cover it from start to end without gaps. */
        Chapter: {
            /** @description What it is about. */
            title: string;
            /** @description When it begins, in seconds. */
            start: number;
            /** @description When it ends, in seconds. */
            end: number;
            /** @description What is said in it, in one sentence. */
            summary: string;
        };
        /** @description A quote that an answer rests on. */
        Citation: {
            /** @description The transcription it stands in. */
            transcription_id: string;
            /** @description What that is called. */
            title: string;
            /** @description The segments of its result that the quote stands in. */
            segment_ids: string[];
            /** @description When it begins, in seconds. */
            start: number;
            /** @description When it ends, in seconds. */
            end: number;
            /** @description Who says it, as a label of the result. */
            speaker: string | null;
            /** @description What is said, word for word. */
            quote: string;
        };
        /** @description What a transcription costs. */
        Cost: {
            /** @description The price, held since the length became known; null until then. */
            quoted_usd: components["schemas"]["Usd"] | null;
            /** @description What was charged in the end; null while it is processing, nothing for a failed one or silence. */
            charged_usd: components["schemas"]["Usd"] | null;
            /** @description The price of a minute when it was created. It is charged by the second. */
            price_per_minute_usd: components["schemas"]["Usd"];
        };
        /** @description Segments that are to go, text and all. */
        DeleteEdit: {
            /**
             * @description What to do. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            op: "delete";
            /** @description The segments. */
            segment_ids: string[];
        };
        /**
         * @description A pending one is tried until it succeeds or the schedule is over; its owner may have it begun anew.
         * @enum {string}
         */
        DeliveryState: "pending" | "succeeded" | "failed";
        /** @description What edits came to. */
        Edited: {
            /**
             * @description What this is.
             * @constant
             */
            object: "edit";
            /** @description Whose transcript it is. */
            transcription_id: string;
            /** @description The revision it is at now; name it in the next edit. It stays where nothing changed. */
            revision: number;
            /** @description Whether this is only what would become of it. */
            dry_run: boolean;
            /** @description What was done, for people. */
            description: string;
            /** @description How often find and replace found what it looked for. */
            replaced: number;
            /** @description How many segments there were, or are, in the places that changed. */
            segments_changed: number;
            /** @description The changes in time order, up to 100. Segments behind one that grows or shrinks have other ids, too. */
            changes: components["schemas"]["Change"][];
            /** @description Whether there are more than these; then read the result again. */
            has_more_changes: boolean;
        };
        /** @description Edits that are made all together, or not at all. */
        Edits: {
            /**
             * @description The revision of the transcript that they are meant for, as its result says. When it has been edited since, they
             *     are refused: the ids of segments move.
             */
            revision: number;
            /** @description What to do, in this order. Segments go by the ids that they have at `revision`, whatever the edits before do. */
            edits: (components["schemas"]["SetTextEdit"] | components["schemas"]["SplitEdit"] | components["schemas"]["MergeEdit"] | components["schemas"]["DeleteEdit"] | components["schemas"]["ReassignEdit"] | components["schemas"]["MergeSpeakersEdit"] | components["schemas"]["ReplaceEdit"])[];
            /**
             * @description Whether to change nothing, and only tell what would.
             * @default false
             */
            dry_run?: boolean;
        };
        /** @enum {string} */
        Engine: ("extractive" | "llm" | "none") | (string & {});
        /** @description What the transcript was made with. */
        EngineNotes: {
            /** @description The model. */
            model: string | null;
            /** @description Whether the times of words were heard by the engine, or spread over their segment. */
            word_times: ("measured" | "estimated" | "none") | null;
        };
        /** @description How every refusal is told, whatever its status. */
        Error: {
            /** @description What went wrong. */
            error: components["schemas"]["ErrorObject"];
        };
        /**
         * @description - `account_owes`: A payment that was already spent was taken back, so the account owes us. Add funds at /billing to go on.
         *     - `canceled`: The transcription was canceled. Nothing was charged.
         *     - `chapters_unavailable`: There are no chapters to write down, or too few. Make them with POST …/understand first.
         *     - `idempotency_key_in_use`: The first request with this Idempotency-Key is still running. Send it again in a second.
         *     - `idempotency_key_reused`: This Idempotency-Key was used for another request. Use a new key for a new request.
         *     - `insufficient_funds`: The wallet does not cover this. Add funds at /billing and send it again.
         *     - `internal_error`: Something went wrong on our side. Try again; if it goes on, quote the request id to support.
         *     - `invalid_api_key`: Send a valid API key: Authorization: Bearer tsk_live_… Keys are made at /settings/api-keys.
         *     - `invalid_field`: A field has a value that it does not take; the message says which and why.
         *     - `invalid_idempotency_key`: Idempotency-Key takes one value of 1 to 255 visible ASCII characters.
         *     - `invalid_json`: The body is not valid JSON. Send one JSON object, UTF-8 encoded.
         *     - `invalid_request`: The request could not be understood. The documentation shows what this address takes.
         *     - `invalid_state`: That cannot be done in the present state.
         *     - `max_cost_exceeded`: This would cost more than max_cost_usd. Raise it, or choose a cheaper pipeline.
         *     - `media_no_audio`: The file has no sound in it: no audio track, or an empty one. Send the file that has the sound.
         *     - `media_too_large`: The file is larger than this service takes. Send a compressed version, such as MP3 or Opus.
         *     - `media_too_long`: The recording is longer than this service takes. Split it and send the parts.
         *     - `media_undecodable`: The file could not be decoded as audio or video. Check that it plays, or convert it to MP3 or WAV.
         *     - `method_not_allowed`: This address does not take that method. The Allow header lists those it takes.
         *     - `missing_field`: A field that is required was left out.
         *     - `monthly_cap_reached`: This would go over the account's monthly cap. Raise it at /settings/account, or wait for next month.
         *     - `not_found`: There is nothing at this address, or it is not yours.
         *     - `not_ready`: The transcription is still processing. Ask again after Retry-After, or use /wait.
         *     - `pipeline_not_found`: There is no such pipeline. GET /api/v1/pipelines lists them.
         *     - `pipeline_unavailable`: This pipeline is not set up on this service. GET /api/v1/pipelines shows which are available.
         *     - `processing_crashed`: The transcription was interrupted too often and was given up. Nothing was charged; you can retry.
         *     - `provider_error`: The provider of this pipeline could not transcribe it, though asked more than once. Nothing was charged; retry later, or choose another pipeline.
         *     - `provider_rejected`: The provider of this pipeline refused this recording. Nothing was charged; choose another pipeline, or send the recording in another format.
         *     - `provider_timeout`: The provider of this pipeline did not answer in time. Nothing was charged; you can retry.
         *     - `rate_limited`: Too many requests. Wait for the seconds in Retry-After.
         *     - `request_too_large`: The request body is too large. Recordings go by URL or by upload, never in the body.
         *     - `revision_conflict`: The transcript was edited since that revision. Read it again, and edit what it says now.
         *     - `service_unavailable`: The service cannot answer right now. Nothing was lost; try again in a few seconds.
         *     - `source_unreachable`: The URL could not be fetched. Check that it opens without signing in, then retry.
         *     - `stalled`: The transcription did not finish within a day and was given up. Nothing was charged; you can retry.
         *     - `too_many_shares`: A transcription has at most 50 share links. Revoke one that is no longer used first.
         *     - `too_many_webhook_endpoints`: An account has at most 20 webhook endpoints. Delete one that is no longer used first.
         *     - `transcription_failed`: The transcription failed on our side. Nothing was charged; you can retry.
         *     - `unknown_field`: There is no such field. Check its spelling; a typo is refused, never ignored.
         *     - `unsupported_media_type`: Send the body as JSON, with the header Content-Type: application/json.
         *     - `upload_already_used`: This upload was used for another transcription. Make a new one; each serves one transcription.
         *     - `upload_corrupted`: The bytes that arrived are not those of the sha256 that was given for the upload. Send them again.
         *     - `upload_incomplete`: The bytes of this upload have not all arrived. PUT them to the store first.
         *     - `upload_not_found`: There is no such upload. POST /api/v1/uploads makes one; unused ones are deleted after 24 hours.
         *     - `url_not_allowed`: Give a public http or https URL on port 80 or 443, without user name or password.
         *     - `url_not_media`: The URL leads to a page or text, not to a recording. Use the address of the media file itself.
         * @enum {string}
         */
        ErrorCode: ("account_owes" | "canceled" | "chapters_unavailable" | "idempotency_key_in_use" | "idempotency_key_reused" | "insufficient_funds" | "internal_error" | "invalid_api_key" | "invalid_field" | "invalid_idempotency_key" | "invalid_json" | "invalid_request" | "invalid_state" | "max_cost_exceeded" | "media_no_audio" | "media_too_large" | "media_too_long" | "media_undecodable" | "method_not_allowed" | "missing_field" | "monthly_cap_reached" | "not_found" | "not_ready" | "pipeline_not_found" | "pipeline_unavailable" | "processing_crashed" | "provider_error" | "provider_rejected" | "provider_timeout" | "rate_limited" | "request_too_large" | "revision_conflict" | "service_unavailable" | "source_unreachable" | "stalled" | "too_many_shares" | "too_many_webhook_endpoints" | "transcription_failed" | "unknown_field" | "unsupported_media_type" | "upload_already_used" | "upload_corrupted" | "upload_incomplete" | "upload_not_found" | "url_not_allowed" | "url_not_media") | (string & {});
        /** @description A refusal, for programs and for people. */
        ErrorObject: {
            /**
             * @description What kind of trouble it is, for handling a whole class of codes alike.
             * @enum {string}
             */
            type: "invalid_request_error" | "authentication_error" | "permission_error" | "payment_required_error" | "idempotency_error" | "rate_limit_error" | "api_error";
            /** @description What went wrong, for programs. Codes may be added; treat one that you do not know by its `type`. */
            code: components["schemas"]["ErrorCode"] | string;
            /** @description What went wrong and what to do next, for people. */
            message: string;
            /** @description The field that is to blame. */
            param: string | null;
            /** @description The id of the request, as in `X-Request-Id`. Quote it to support. */
            request_id: string | null;
            /** @description Where the code is explained. */
            doc_url: string;
        };
        Event: components["schemas"]["TranscriptionEvent"] | components["schemas"]["TestEvent"];
        /** @description One page of a list. */
        EventList: {
            /** @description The rows of this page. */
            data: components["schemas"]["Event"][];
            /** @description Whether another page follows. */
            has_more: boolean;
            /** @description What to send as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
        };
        /**
         * @description What happened, by the name that clients know it under.
         * @enum {string}
         */
        EventType: "transcription.completed" | "transcription.failed" | "webhook.test";
        /** @enum {string} */
        ExportFormat: "srt" | "vtt" | "vtt_karaoke" | "txt" | "md" | "docx" | "pdf" | "csv" | "json" | "chapters_youtube" | "chapters_podcast";
        /** @description Why a transcription failed. */
        Failure: {
            /** @description What went wrong, for programs. Codes may be added. */
            code: components["schemas"]["FailureCode"] | string;
            /** @description What went wrong and what to do next, for people. */
            message: string;
        };
        /**
         * @description - `account_owes`: A payment that was already spent was taken back, so the account owes us. Add funds at /billing to go on.
         *     - `canceled`: The transcription was canceled. Nothing was charged.
         *     - `insufficient_funds`: The wallet does not cover this. Add funds at /billing and send it again.
         *     - `max_cost_exceeded`: This would cost more than max_cost_usd. Raise it, or choose a cheaper pipeline.
         *     - `media_no_audio`: The file has no sound in it: no audio track, or an empty one. Send the file that has the sound.
         *     - `media_too_large`: The file is larger than this service takes. Send a compressed version, such as MP3 or Opus.
         *     - `media_too_long`: The recording is longer than this service takes. Split it and send the parts.
         *     - `media_undecodable`: The file could not be decoded as audio or video. Check that it plays, or convert it to MP3 or WAV.
         *     - `monthly_cap_reached`: This would go over the account's monthly cap. Raise it at /settings/account, or wait for next month.
         *     - `processing_crashed`: The transcription was interrupted too often and was given up. Nothing was charged; you can retry.
         *     - `provider_error`: The provider of this pipeline could not transcribe it, though asked more than once. Nothing was charged; retry later, or choose another pipeline.
         *     - `provider_rejected`: The provider of this pipeline refused this recording. Nothing was charged; choose another pipeline, or send the recording in another format.
         *     - `provider_timeout`: The provider of this pipeline did not answer in time. Nothing was charged; you can retry.
         *     - `source_unreachable`: The URL could not be fetched. Check that it opens without signing in, then retry.
         *     - `stalled`: The transcription did not finish within a day and was given up. Nothing was charged; you can retry.
         *     - `transcription_failed`: The transcription failed on our side. Nothing was charged; you can retry.
         *     - `upload_corrupted`: The bytes that arrived are not those of the sha256 that was given for the upload. Send them again.
         *     - `url_not_allowed`: Give a public http or https URL on port 80 or 443, without user name or password.
         *     - `url_not_media`: The URL leads to a page or text, not to a recording. Use the address of the media file itself.
         * @enum {string}
         */
        FailureCode: ("account_owes" | "canceled" | "insufficient_funds" | "max_cost_exceeded" | "media_no_audio" | "media_too_large" | "media_too_long" | "media_undecodable" | "monthly_cap_reached" | "processing_crashed" | "provider_error" | "provider_rejected" | "provider_timeout" | "source_unreachable" | "stalled" | "transcription_failed" | "upload_corrupted" | "url_not_allowed" | "url_not_media") | (string & {});
        /** @description The key that this was asked with. */
        Key: {
            /** @description `key_…` */
            id: string;
            /** @description What it was called when it was made. */
            name: string;
            /** @description Its last four characters. */
            last_four: string;
        };
        /** @description Where more is to be found. */
        Links: {
            /** @description This transcription. */
            self: string;
            /** @description Its result, once it is completed. */
            result: string;
            /** @description Its page, for people who are signed in. */
            dashboard: string;
        };
        /** @description Who the key belongs to, and what there is to spend. */
        Me: {
            account: components["schemas"]["Account"];
            api_key: components["schemas"]["Key"];
            wallet: components["schemas"]["Wallet"];
            month: components["schemas"]["Month"];
        };
        /** @description Where a topic comes up. */
        Mention: {
            /** @description From here, in seconds. */
            start: number;
            /** @description To here, in seconds. */
            end: number;
        };
        /** @description One segment in the place of several that follow each other. The first one's speaker is that of all. */
        MergeEdit: {
            /**
             * @description What to do. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            op: "merge";
            /** @description The segments, in their order. */
            segment_ids: string[];
        };
        /** @description Two speakers who are one. Where only one of them has a name, it is kept. */
        MergeSpeakersEdit: {
            /**
             * @description What to do. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            op: "merge_speakers";
            /** @description The label that is to go. */
            speaker: string;
            /** @description The label of whoever says all of it then. */
            into: string;
        };
        /** @description The calendar month, in UTC. */
        Month: {
            /** @description What was charged in it. */
            spent_usd: components["schemas"]["Usd"];
            /** @description What may be spent in it at most; null where there is no cap. */
            cap_usd: components["schemas"]["Usd"] | null;
            /**
             * Format: date-time
             * @description When the next one begins.
             */
            resets_at: string;
        };
        /** @description A question to some transcriptions, or to all there are. */
        NewQuestion: {
            /** @description What you want to know. */
            question: string;
            /** @description Which to answer it from. Left out, the whole library is asked. */
            transcription_ids?: string[] | null;
        };
        /** @description What a share link is to show, for how long, and to whom. */
        NewShare: {
            /** @description When it stops working, with its time zone; null for never. */
            expires_at?: string | null;
            /** @description What is asked for before anything is shown; null for nothing. It is kept as a hash. */
            password?: string | null;
            /**
             * @description What it shows besides the transcript: `summary`, `chapters`, `topics`, `speakers` (their names; else they are
             *     numbered), `recording` (to be played) and `exports` (files to be saved).
             * @default [
             *       "summary",
             *       "chapters",
             *       "topics",
             *       "speakers",
             *       "recording"
             *     ]
             */
            parts?: components["schemas"]["SharePart"][];
        };
        /** @description What to transcribe, and how. */
        NewTranscription: {
            /**
             * @description Where it comes from: the recording at the address in `url`, or of the upload in `upload_id`, or the finished
             *     transcript in `transcript`, to be understood and searched with no audio and no charge.
             */
            source: components["schemas"]["Source"];
            /** @description With `external_url`: the http or https address of the recording. Redirects are followed. */
            url?: string | null;
            /**
             * @description With `external_url`: request headers for a private source, such as Authorization. Never shown, and kept only as
             *     long as the recording may have to be fetched.
             */
            url_headers?: {
                [key: string]: string;
            } | null;
            /** @description With `upload`: an upload that holds its bytes and was not used before. */
            upload_id?: string | null;
            /** @description With `transcript`: the transcript itself. */
            transcript?: components["schemas"]["BroughtTranscript"] | null;
            /** @description How to transcribe it. Left out, the account's default pipeline is taken. */
            pipeline_code?: components["schemas"]["PipelineCode"] | null;
            /**
             * @description What is spoken, as a BCP-47 tag such as `en` or `de-CH`, or `auto` to find out.
             * @default auto
             */
            language?: string;
            /**
             * @description Whether to tell the speakers apart, where the pipeline can.
             * @default true
             */
            diarize?: boolean;
            /** @description How many people speak, where that is known. */
            speakers_expected?: number | null;
            /**
             * @description Names and terms to favour, where the pipeline can.
             * @default []
             */
            vocabulary?: string[];
            /** @description What to call it. Left out, it is called after its file. */
            title?: string | null;
            /**
             * @description Pairs of strings of your own, returned as they were given.
             * @default {}
             */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description Words to find it by, in lists and on the dashboard. Those that differ only in their case are one.
             * @default []
             */
            tags?: string[];
            /** @description Refuse rather than spend more US dollars than this on it. Best sent as a string. */
            max_cost_usd?: number | string | null;
            /**
             * @description The https address that is told when this transcription becomes final, besides the account's endpoints. The answer
             *     has the secret that its events are signed with, this once.
             */
            webhook_url?: string | null;
            /** @description How long the recording is kept. Left out, as the account says (Settings, Account), which is for ever at first. */
            retention?: components["schemas"]["RetentionWish"] | null;
        };
        /** @description The file that is to be uploaded. Bytes that differ from this are refused. */
        NewUpload: {
            /** @description The file's name, which becomes the title of its transcription unless another is given. */
            filename: string;
            /** @description The file's media type, such as `audio/mpeg`. */
            content_type: string;
            /** @description The file's exact size. */
            size_bytes: number;
            /**
             * @description The file's SHA-256 in lower-case hexadecimal. Of a file in one piece, other bytes are refused on arrival; of one
             *     in parts they are found when it is read, and the transcription fails with `upload_corrupted`.
             */
            sha256?: string | null;
            /**
             * @description Whether to send it in parts: for large files, and wherever the connection may break. Required above 5 GiB.
             * @default false
             */
            multipart?: boolean;
        };
        /** @description Where to tell of what. */
        NewWebhookEndpoint: {
            /** @description The https address that events are posted to. It must be a public one. */
            url: string;
            /**
             * @description What to tell of. Left out, of every transcription that becomes final. A `webhook.test` is sent in any case.
             * @default [
             *       "transcription.completed",
             *       "transcription.failed"
             *     ]
             */
            events?: components["schemas"]["EventType"][];
            /**
             * @description What it is for, for yourself.
             * @default
             */
            description?: string;
        };
        /** @description Who made a part of the result. */
        PartEngine: {
            /**
             * @description `llm` is the language model, `extractive` takes everything from the transcript itself. The search is `hybrid`
             *     where it finds meaning as well as words, and `words` where the embedding model does not know the language.
             * @enum {string}
             */
            engine: "extractive" | "llm" | "hybrid" | "words" | "none";
            /** @description The model, where there is one. */
            model: string | null;
            /** @description Whether the transcript was changed afterwards. */
            stale: boolean;
        };
        /** @description Who made each part of the result. */
        PartEngines: {
            /** @description Who made the chapters. */
            chapters: components["schemas"]["PartEngine"];
            /** @description Who found the topics. */
            topics: components["schemas"]["PartEngine"];
            /** @description Who wrote the summary. */
            summary: components["schemas"]["PartEngine"];
            /** @description How it is searched. */
            search: components["schemas"]["PartEngine"];
        };
        /** @description A way of transcribing, and what it costs. */
        Pipeline: {
            /** @description What to name in `pipeline_code`. */
            code: components["schemas"]["PipelineCode"];
            /** @description What to call it before people. */
            name: string;
            /** @description Who runs it; `local` is this service itself. */
            provider: string;
            /** @description Whether it is set up on this service. */
            available: boolean;
            /** @description The list price of a minute. */
            price_per_minute_usd: components["schemas"]["Usd"];
            /** @description The price on the account's plan. */
            your_price_per_minute_usd: components["schemas"]["Usd"];
            /** @description The languages it knows, by their codes. */
            languages: string[];
            /** @description Whether it tells speakers apart. */
            diarization: boolean;
            /** @description Whether it times words. */
            word_timestamps: boolean;
            /** @description Whether it takes names and terms to favour. */
            vocabulary: boolean;
            /** @description The longest recording it takes. */
            max_duration_seconds: number;
            /** @description The largest file it takes. */
            max_size_bytes: number;
        };
        /**
         * @description - `whisper-base`: Whisper base
         *     - `qwen3-asr-flash-filetrans`: Qwen3-ASR-Flash, which is not set up on this service
         *     - `gpt-4o-transcribe-diarize`: GPT-4o Transcribe Diarize, which is not set up on this service
         *     - `voxtral-mini-transcribe`: Voxtral Mini Transcribe, which is not set up on this service
         *     - `import`: a transcript that was brought along, with the source `transcript` alone
         * @enum {string}
         */
        PipelineCode: ("whisper-base" | "qwen3-asr-flash-filetrans" | "gpt-4o-transcribe-diarize" | "voxtral-mini-transcribe" | "import") | (string & {});
        /** @description One page of a list. */
        PipelineList: {
            /** @description The rows of this page. */
            data: components["schemas"]["Pipeline"][];
            /** @description Whether another page follows. */
            has_more: boolean;
            /** @description What to send as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @enum {string} */
        Preset: "broadcast" | "social" | "plain";
        /** @description The data of a `progress` event. */
        ProgressEvent: {
            /** @description Where it is; null once it is final. */
            stage: components["schemas"]["Stage"] | null;
            /** @description From 0 to 1. */
            progress: number;
        };
        /** @description How much of the speech was transcribed. */
        Quality: {
            /** @description How long the recording is. */
            media_seconds: number;
            /** @description How much of it is speech. */
            speech_seconds: number;
            /** @description How much of the speech has text. */
            transcribed_seconds: number;
            /** @description The part of the speech that has text, from 0 to 1. */
            coverage: number;
        };
        /** @description A question and its answer. */
        Question: {
            /** @description Its id. */
            id: string;
            /**
             * @description What this is.
             * @constant
             */
            object: "question";
            /** @description What was asked. */
            question: string;
            /** @description The answer; null where the transcripts do not hold one. */
            answer: string | null;
            /** @description Whether the transcripts answer it. */
            answerable: boolean;
            /** @description The quotes that the answer rests on, the best first. */
            citations: components["schemas"]["Citation"][];
            understanding: components["schemas"]["AnsweredBy"];
            /**
             * Format: date-time
             * @description When it was asked.
             */
            created_at: string;
        };
        /** @description One page of a list. */
        QuestionList: {
            /** @description The rows of this page. */
            data: components["schemas"]["Question"][];
            /** @description Whether another page follows. */
            has_more: boolean;
            /** @description What to send as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description A question to one transcription. */
        QuestionToOne: {
            /** @description What you want to know. */
            question: string;
        };
        /** @description What a transcription would cost. */
        Quote: {
            /**
             * @description What this is.
             * @constant
             */
            object: "quote";
            /** @description The pipeline it is about. */
            pipeline_code: components["schemas"]["PipelineCode"] | string;
            /** @description How long the recording is; null where only the whole file would tell. */
            duration_seconds: number | null;
            /** @description Whether the length is what the file's header says, instead of counted. */
            is_estimate: boolean;
            /** @description The price of a minute, charged by the second. */
            price_per_minute_usd: components["schemas"]["Usd"];
            /** @description The price; null where the length is unknown. */
            total_usd: components["schemas"]["Usd"] | null;
            /** @description Whether it could be created now: wallet, monthly cap and max_cost_usd allow it. */
            affordable: boolean;
            /** @description Why the length is unknown, or what stands in the way. */
            warnings: components["schemas"]["Warning"][];
        };
        /** @description Segments that somebody else says. */
        ReassignEdit: {
            /**
             * @description What to do. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            op: "reassign";
            /** @description The segments. */
            segment_ids: string[];
            /** @description The label of who says them; `new`, or the label that comes next, for somebody who has none; null for nobody. */
            speaker: string | null;
        };
        /** @description How long the recording is kept, and whether it is there. */
        Recording: {
            /** @description `keep`, `after_success`, or so many hours after the end. */
            media: components["schemas"]["Retention"];
            /** @description Whether the recording is there, to be played and tried again. */
            media_available: boolean;
            /** @description When it will be deleted, where that is known. */
            media_expires_at: string | null;
        };
        /** @description What to deliver again. */
        Redelivery: {
            /**
             * Format: date-time
             * @description Everything that happened from this time on; it names its time zone. Events are kept for 30 days.
             */
            since: string;
        };
        /** @description Find and replace in all segments. A segment that has no text left goes. */
        ReplaceEdit: {
            /**
             * @description What to do. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            op: "replace";
            /** @description What to look for, word for word. White space stands for any. */
            find: string;
            /** @description What to put in its place; empty to leave it out. */
            replacement: string;
            /**
             * @description Whether capital and small letters are different.
             * @default false
             */
            match_case?: boolean;
            /**
             * @description Whether to leave out what is only part of a word, in scripts that put spaces between words.
             * @default false
             */
            whole_words?: boolean;
        };
        /** @description What was said, and what was understood of it. */
        Result: {
            /** @description The transcription it is the result of. */
            id: string;
            /** @description The revision of the transcript; edits name it. */
            revision: number;
            /** @description All that was said. */
            text: string;
            /** @description What is spoken; null where nothing is. */
            language: string | null;
            /** @description How long the recording is. */
            duration_seconds: number;
            /** @description How it was transcribed. */
            pipeline_code: components["schemas"]["PipelineCode"] | string;
            /** @description Who speaks, in order of appearance. */
            speakers: components["schemas"]["Speaker"][];
            /** @description What was said, in time order. */
            segments: components["schemas"]["Segment"][];
            /** @description How much of it was transcribed. */
            quality: components["schemas"]["Quality"];
            /** @description Its parts; empty until they are made. */
            chapters: components["schemas"]["Chapter"][];
            /** @description What it is about; empty until that is found. */
            topics: components["schemas"]["Topic"][];
            /** @description It in short; empty until it is made. */
            summary: components["schemas"]["Summary"];
            /** @description Who wrote the chapters, topics and summary. */
            understanding: components["schemas"]["Understanding"];
            engine: components["schemas"]["EngineNotes"];
        };
        Retention: ("keep" | "after_success") | number;
        /** @description What becomes of the recording. The transcript stays in any case. */
        RetentionWish: {
            /**
             * @description `keep` until it is deleted, `after_success` until it has been transcribed, or so many hours after the end.
             *     What failed keeps its recording with `after_success`, to be tried again.
             */
            media: components["schemas"]["Retention"];
        };
        /** @description One change of a transcript. */
        Revision: {
            /**
             * @description What this is.
             * @constant
             */
            object: "revision";
            /** @description Its number, from 1 upwards. */
            revision: number;
            /**
             * @description What kind of change it is.
             * @enum {string}
             */
            kind: "set_text" | "split" | "merge" | "delete" | "reassign" | "merge_speakers" | "replace" | "several" | "undo" | "redo";
            /** @description What was done, for people; of an undo or redo what it takes back or makes again. */
            description: string;
            /** @description How many segments there were, or are, in the places that changed. */
            segments_changed: number;
            /** @description The revision that it takes back; null for edits. */
            undoes: number | null;
            /** @description The key it was made with; null where it was made on the page. */
            api_key_id: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            made_at: string;
        };
        /** @description One page of a list. */
        RevisionList: {
            /** @description The rows of this page. */
            data: components["schemas"]["Revision"][];
            /** @description Whether another page follows. */
            has_more: boolean;
            /** @description What to send as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description The transcript as you know it. */
        RevisionToChange: {
            /** @description The revision that the transcript is at, as its result says. When it has been edited since, this is refused. */
            revision: number;
        };
        /** @description What was found, the best first. There are no further pages. */
        Search: {
            /** @description The moments. */
            data: components["schemas"]["SearchHit"][];
            /** @description Always false. */
            has_more: boolean;
            /** @description Always null. */
            next_cursor: null;
            /**
             * @description `hybrid` where meaning counted as well as words; `words` where the embedding model does not know the languages
             *     that are spoken, or does not answer.
             * @enum {string}
             */
            searched_by: "hybrid" | "words";
        };
        /** @description A moment that was found. */
        SearchHit: {
            /** @description Whose moment it is. */
            transcription_id: string;
            /** @description What the transcription is called. */
            title: string;
            /** @description The segment of the result. */
            segment_id: string;
            /** @description When the talk about it begins, in seconds. The segment lies between here and the end. */
            start: number;
            /** @description When the talk about it ends, in seconds. */
            end: number;
            /** @description When the segment begins, in seconds: where to begin to listen. */
            at: number;
            /** @description Who speaks, as a label of the result. */
            speaker: string | null;
            /** @description What the segment says; of a long one the part that fits. */
            text: string;
            /** @description How well it fits, roughly from 0 to 1; comparable within one answer. */
            score: number;
            /**
             * @description Which characters of the text are words that were searched for: from, and up to but not including, counted in
             *     Unicode code points.
             */
            highlights: [
                number,
                number
            ][];
        };
        /** @description A stretch of the transcript by one speaker. Times are seconds from the beginning of the recording. */
        Segment: {
            /** @description `seg_0` and so on, in time order. */
            id: string;
            /** @description When it begins. */
            start: number;
            /** @description When it ends. */
            end: number;
            /** @description What was said. */
            text: string;
            /** @description The label of who said it, as in `speakers`. */
            speaker: string | null;
            /** @description How sure the engine is, from 0 to 1, where it says so. */
            confidence: number | null;
            /** @description The words, where the pipeline times them. */
            words: components["schemas"]["Word"][] | null;
        };
        /** @description The data of a `segments` event. */
        SegmentsEvent: {
            /** @description Those that became known since the last such event. One whose id was sent before replaces it. */
            segments: components["schemas"]["Segment"][];
        };
        /** @description Another text for a segment. Words that stay keep their times; new ones share the time between them. */
        SetTextEdit: {
            /**
             * @description What to do. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            op: "set_text";
            /** @description The segment. */
            segment_id: string;
            /** @description What was said. White space of any kind becomes single spaces. */
            text: string;
        };
        /** @description A link by which anyone may read one transcript. */
        Share: {
            /** @description `shr_…`; ids sort by creation time. */
            id: string;
            /**
             * @description What this is.
             * @constant
             */
            object: "share";
            /** @description What is shared. */
            transcription_id: string;
            /**
             * @description The address to send. With `?t=` and seconds behind it, it opens at that moment. Null where it cannot be shown any
             *     more, because the service's secret key was changed since; the link itself goes on working.
             */
            url: string | null;
            /** @description When it stops working; null for never. */
            expires_at: string | null;
            /** @description Whether a password is asked for. */
            has_password: boolean;
            /** @description What it shows besides the transcript. */
            parts: components["schemas"]["SharePart"][];
            /** @description How often somebody opened it. Its owner's own visits do not count. */
            openings: number;
            /** @description When somebody last did. */
            last_opened_at: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
        };
        /** @description What to change; whatever is left out stays as it is, and so does the address. */
        ShareChanges: {
            /** @description Another time at which it stops working; null for never. */
            expires_at?: string | null;
            /** @description Another password, which is asked for anew of everybody; null for none. */
            password?: string | null;
            /** @description What it shows besides the transcript, in place of what it did. */
            parts?: components["schemas"]["SharePart"][];
        };
        /** @description One page of a list. */
        ShareList: {
            /** @description The rows of this page. */
            data: components["schemas"]["Share"][];
            /** @description Whether another page follows. */
            has_more: boolean;
            /** @description What to send as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
        };
        /**
         * @description What a share shows or offers besides the transcript, which it always shows.
         * @enum {string}
         */
        SharePart: "summary" | "chapters" | "topics" | "speakers" | "recording" | "exports";
        /**
         * @description What a list begins with.
         * @enum {string}
         */
        Sort: "newest" | "oldest" | "title" | "longest" | "finished";
        /** @enum {string} */
        Source: "external_url" | "upload" | "transcript";
        /** @description Somebody who speaks in a recording. */
        Speaker: {
            /** @description The label that segments carry: `S1`, `S2` and so on. */
            id: string;
            /** @description The name that was given to them, else the label. */
            name: string;
            /** @description How long they speak. */
            seconds: number;
        };
        /** @description A segment in two, at exactly one of the three places. A word that the place lies in is cut too. */
        SplitEdit: {
            /**
             * @description What to do. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            op: "split";
            /** @description The segment. */
            segment_id: string;
            /** @description The second part begins with this character of the text, counted from 0 in Unicode code points. */
            at_character?: number | null;
            /** @description The second part begins with this one of `words`, counted from 0. */
            at_word?: number | null;
            /** @description The cut is made between the words nearest to this moment of the recording. */
            at_seconds?: number | null;
        };
        /** @enum {string} */
        Stage: ("queued" | "fetching" | "transcribing" | "understanding") | (string & {});
        /**
         * @description The three words a client knows. A final status never changes again.
         * @enum {string}
         */
        Status: "processing" | "completed" | "failed";
        /** @description What was said, in short. */
        Summary: {
            /** @description In a few sentences. */
            short: string;
            /** @description Point by point. */
            bullets: components["schemas"]["Bullet"][];
            /** @description The phrases that tell most. */
            key_phrases: string[];
            /** @description What somebody is to do. Only a language model finds these. */
            action_items: components["schemas"]["ActionItem"][];
        };
        /** @description Somebody asked for a test of an endpoint. */
        TestEvent: {
            /** @description `evt_…`, the same on every attempt and redelivery, and in the header `webhook-id`. */
            id: string;
            /**
             * @description What happened.
             * @constant
             */
            type: "webhook.test";
            /**
             * Format: date-time
             * @description When it happened.
             */
            timestamp: string;
            /** @description What is tested. */
            data: components["schemas"]["TestedEndpoint"];
        };
        /** @description What a test was sent to. */
        TestedEndpoint: {
            /** @description The endpoint, `whe_…`. */
            webhook_endpoint_id: string;
        };
        /** @description Something the recording is about. */
        Topic: {
            /** @description What it is. */
            label: string;
            /** @description How much it matters, from 0 to 1. */
            score: number;
            /** @description Where it comes up. */
            mentions: components["schemas"]["Mention"][];
        };
        /** @description A job and its outcome. */
        Transcription: {
            /** @description `tr_…`; ids sort by creation time. */
            id: string;
            /**
             * @description What this is.
             * @constant
             */
            object: "transcription";
            /** @description `completed` and `failed` are final. A canceled one is failed with the code `canceled`. */
            status: components["schemas"]["Status"];
            /** @description Where a processing one is; null once it is final. */
            stage: components["schemas"]["Stage"] | null;
            /** @description From 0 to 1; it never goes back. */
            progress: number;
            /**
             * @description Its place in the line where a processing one waits for a worker: 1 is next, and 1000 stands for all places from
             *     there on. Accounts take turns, so those of others that come later may still be begun before it. Null while it is
             *     being worked on, once it is final, and in the answer to the request that made it.
             */
            queue_position: number | null;
            /** @description What it is called. */
            title: string;
            /** @description Where the recording came from. */
            source: components["schemas"]["Source"];
            /** @description The address, where it came from one. */
            url?: string;
            /** @description The upload, where it came from one. */
            upload_id?: string;
            /** @description How it is transcribed. An older one may name a pipeline that has been retired. */
            pipeline_code: components["schemas"]["PipelineCode"] | string;
            /** @description What is spoken, once that is known. */
            language: string | null;
            /** @description How long the recording is, once that is known. */
            duration_seconds: number | null;
            /** @description How many people speak, where the pipeline tells them apart. */
            speakers_count: number | null;
            /** @description What it costs. */
            cost: components["schemas"]["Cost"];
            /** @description Why it failed; null unless it did. */
            error: components["schemas"]["Failure"] | null;
            /** @description What is worth knowing about it. */
            warnings: components["schemas"]["Warning"][];
            /** @description What has been made of it. */
            artifacts: components["schemas"]["Artifacts"];
            /** @description How often its transcript was edited; 0 is as heard. */
            revision: number;
            /** @description The pairs it was given. */
            metadata: {
                [key: string]: string;
            };
            /** @description The words it was given to be found by, in alphabetical order. */
            tags: string[];
            /** @description How long its recording is kept. */
            retention: components["schemas"]["Recording"];
            /** @description When it was put into the trash; null where it is not there. */
            trashed_at: string | null;
            /** @description The key it was created with; null where it came from the dashboard. */
            api_key_id: string | null;
            /**
             * Format: date-time
             * @description When it was accepted.
             */
            created_at: string;
            /** @description When work on it began. */
            started_at: string | null;
            /** @description When it became final. */
            completed_at: string | null;
            links: components["schemas"]["Links"];
            /**
             * @description The secret that signs what is sent to its `webhook_url`, `whsec_…`. Only in the answer to the request that made
             *     the transcription; keep it.
             */
            webhook_secret?: string;
        };
        /** @description What to change; whatever is left out stays as it is. */
        TranscriptionChanges: {
            /** @description Another title. */
            title?: string;
            /** @description Other metadata, in place of all there was. */
            metadata?: {
                [key: string]: string;
            } | null;
            /** @description Other tags, in place of all there were. */
            tags?: string[] | null;
            /** @description Names by the label of the result, such as `{"S1": "Ada"}`. An empty name brings the label back. */
            speakers?: {
                [key: string]: string;
            } | null;
        };
        /** @description A transcription became final. */
        TranscriptionEvent: {
            /** @description `evt_…`, the same on every attempt and redelivery, and in the header `webhook-id`. */
            id: string;
            /**
             * @description What happened.
             * @enum {string}
             */
            type: "transcription.completed" | "transcription.failed";
            /**
             * Format: date-time
             * @description When it happened.
             */
            timestamp: string;
            /** @description The transcription as it was then. */
            data: components["schemas"]["Transcription"];
            /**
             * @description What was left out of `data` because the event would have been larger than 20 KB: `metadata` is empty there, and
             *     whole in the transcription itself. Not there when nothing was left out.
             */
            omitted?: "metadata"[];
        };
        /** @description One page of a list. */
        TranscriptionList: {
            /** @description The rows of this page. */
            data: components["schemas"]["Transcription"][];
            /** @description Whether another page follows. */
            has_more: boolean;
            /** @description What to send as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description Who made the chapters, topics and summary. */
        Understanding: {
            /** @description `llm` where a language model wrote any of it, `none` where nothing is made yet. */
            engine: components["schemas"]["Engine"];
            /** @description The model, where there is one. */
            model: string | null;
            /** @description The same for each part. */
            parts: components["schemas"]["PartEngines"];
        };
        /** @description Leave to send one file. */
        Upload: {
            /** @description `up_…`, to be named in `upload_id`. */
            id: string;
            /**
             * @description What this is.
             * @constant
             */
            object: "upload";
            /**
             * @description `complete` once the bytes have arrived.
             * @enum {string}
             */
            status: "pending" | "complete";
            /** @description The file's name. */
            filename: string;
            /** @description Its media type. */
            content_type: string;
            /** @description Its exact size. */
            size_bytes: number;
            /**
             * @description The method to send the bytes with.
             * @constant
             */
            method: "PUT";
            /**
             * @description Where to send the bytes, without a key. Each answer has a fresh one while they are awaited; null once they are
             *     there, and for an upload in parts.
             */
            url: string | null;
            /** @description The headers to send along, exactly these. */
            headers: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description Until when the bytes may be sent.
             */
            expires_at: string;
            /** @description The largest file this service takes. */
            max_size_bytes: number;
            /** @description The size of each part but the last; null unless it goes in parts. */
            part_size_bytes: number | null;
            /** @description How many parts there are, numbered from 1. */
            parts_count: number | null;
            /** @description The numbers of the parts that have arrived; the others are still to be sent. */
            parts_received: number[] | null;
        };
        /** @description Leave to send one part of an upload. */
        UploadPart: {
            /** @description Which part it is, from 1 on. */
            part_number: number;
            /**
             * @description The method to send the bytes with.
             * @constant
             */
            method: "PUT";
            /** @description Where to send the bytes of this part, without a key. */
            url: string;
            /** @description The headers to send along, exactly these. */
            headers: {
                [key: string]: string;
            };
            /** @description How many bytes it has. It begins `part_size_bytes` after the part before it. */
            size_bytes: number;
            /**
             * Format: date-time
             * @description Until when they may be sent. A new address can be had at any time.
             */
            expires_at: string;
        };
        /** @description One page of a list. */
        UploadPartList: {
            /** @description The rows of this page. */
            data: components["schemas"]["UploadPart"][];
            /** @description Whether another page follows. */
            has_more: boolean;
            /** @description What to send as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description What was transcribed and spent in one group. */
        Usage: {
            /** @description The day, the pipeline's code or the key's id; `dashboard` for what came from no key. */
            group: string;
            /** @description How many were charged. */
            transcriptions: number;
            /** @description How long their recordings are together. */
            seconds: number;
            /** @description What they cost. */
            spent_usd: components["schemas"]["Usd"];
        };
        /** @description One page of a list. */
        UsageList: {
            /** @description The rows of this page. */
            data: components["schemas"]["Usage"][];
            /** @description Whether another page follows. */
            has_more: boolean;
            /** @description What to send as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
        };
        /**
         * @description US dollars, exact to the millionth.
         * @example 0.047500
         */
        Usd: string;
        /** @description The account's money. */
        Wallet: {
            /** @description What is left of the month's credit, which is spent first. */
            monthly_credit_usd: components["schemas"]["Usd"];
            /** @description What is left of top-ups. */
            top_up_usd: components["schemas"]["Usd"];
            /** @description What is set aside for transcriptions at work; counted in neither of the two. */
            held_usd: components["schemas"]["Usd"];
            /** @description What can be spent: credit and top-ups together. */
            available_usd: components["schemas"]["Usd"];
        };
        /** @description The parts that are to be sent next. */
        WantedParts: {
            /** @description Their numbers, from 1 to the upload's `parts_count`. */
            part_numbers: number[];
            /** @description The MD5 of each of these parts, in the same order, in lower-case hexadecimal, to be checked on arrival. */
            md5?: string[] | null;
        };
        /** @description Something worth knowing that stopped nothing. */
        Warning: {
            /**
             * @description What it is about: `no_speech`, `low_coverage`, `speakers_unknown`, `fell_back`, `media_truncated`; of a quote
             *     also `length_unknown` and the codes of the errors that creating it would come to.
             */
            code: string;
            /** @description The same for people. */
            message: string;
        };
        /** @description One try of a delivery. */
        WebhookAttempt: {
            /** @description 1 upwards. */
            number: number;
            /**
             * Format: date-time
             * @description When the request was sent.
             */
            attempted_at: string;
            /** @description How long it took, to the end of the answer. */
            duration_ms: number;
            /** @description Where it was sent to. */
            url: string;
            /** @description The headers that verify it, as they were sent. */
            request_headers: {
                [key: string]: string;
            };
            /** @description The HTTP status of the answer; null where there was none. */
            status: number | null;
            /** @description Why there was none. An address that is not public is `unreachable`, as one is that nobody listens at. */
            error: components["schemas"]["AttemptError"] | null;
            /** @description The first 1,024 bytes of the answer, as text. */
            response_body: string | null;
        };
        /** @description One event to one endpoint. */
        WebhookDelivery: {
            /** @description `whd_…`; ids sort by creation time. */
            id: string;
            /**
             * @description What this is.
             * @constant
             */
            object: "webhook_delivery";
            /** @description Whom it goes to. */
            webhook_endpoint_id: string;
            /** @description What it carries, and its `webhook-id`. */
            event_id: string;
            /** @description What happened. */
            event_type: components["schemas"]["EventType"];
            /** @description The transcription it is about; null for a test. */
            transcription_id: string | null;
            /** @description `succeeded` was answered with a 2xx; `pending` will be tried, perhaps again; `failed` was given up. */
            state: components["schemas"]["DeliveryState"];
            /** @description How often it was tried. */
            attempts_count: number;
            /** @description When it is tried next, while it is pending. */
            next_attempt_at: string | null;
            /** @description The HTTP status of the last answer; null where the last attempt was not answered. */
            last_status: number | null;
            /** @description Why the last attempt was not answered. */
            last_error: components["schemas"]["AttemptError"] | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description When it succeeded or was given up. */
            finished_at: string | null;
            /** @description The body of every request, byte for byte. Only where the delivery itself is asked for. */
            request_body?: string;
            /** @description Every attempt, the last one first. Only where the delivery itself is asked for. */
            attempts?: components["schemas"]["WebhookAttempt"][];
        };
        /** @description One page of a list. */
        WebhookDeliveryList: {
            /** @description The rows of this page. */
            data: components["schemas"]["WebhookDelivery"][];
            /** @description Whether another page follows. */
            has_more: boolean;
            /** @description What to send as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description An address that is told of events. */
        WebhookEndpoint: {
            /** @description `whe_…`; ids sort by creation time. */
            id: string;
            /**
             * @description What this is.
             * @constant
             */
            object: "webhook_endpoint";
            /** @description The address that events are posted to. */
            url: string;
            /** @description What it is for. */
            description: string;
            /** @description What it is told of. */
            events: components["schemas"]["EventType"][];
            /** @description Whether anything is sent to it. */
            enabled: boolean;
            /** @description Why it is switched off: its owner did it, it answered 410, or it answered nothing well for five days. */
            disabled_reason: ("by_owner" | "gone" | "failing") | null;
            /** @description Since when every attempt has failed; null where the last one succeeded. */
            failing_since: string | null;
            /** @description The only transcription that it is told of, where it was made by a `webhook_url`. */
            transcription_id: string | null;
            /** @description Until when the secret before the last rotation signs too; null where it does not. */
            previous_secret_expires_at: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description The secret that signs what is sent to it, `whsec_…`. Only in the answer to the request that made it; keep it. */
            secret?: string;
        };
        /** @description What to change; whatever is left out stays as it is. */
        WebhookEndpointChanges: {
            /** @description Another address. */
            url?: string;
            /** @description What to tell of from now on. */
            events?: components["schemas"]["EventType"][];
            /** @description What it is for. */
            description?: string;
            /**
             * @description Whether anything is sent to it. Switched on again, it goes on with what was pending when it was switched off;
             *     what happened meanwhile can be redelivered.
             */
            enabled?: boolean;
        };
        /** @description One page of a list. */
        WebhookEndpointList: {
            /** @description The rows of this page. */
            data: components["schemas"]["WebhookEndpoint"][];
            /** @description Whether another page follows. */
            has_more: boolean;
            /** @description What to send as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description What is delivered again. */
        WebhookRedelivery: {
            /**
             * @description What this is.
             * @constant
             */
            object: "webhook_redelivery";
            /** @description Whom it goes to. */
            webhook_endpoint_id: string;
            /**
             * Format: date-time
             * @description From when on.
             */
            since: string;
            /** @description How many events that are. */
            deliveries_count: number;
        };
        /** @description One spoken word. Times are seconds from the beginning of the recording. */
        Word: {
            /** @description When it begins. */
            start: number;
            /** @description When it ends. */
            end: number;
            /** @description The word, with its punctuation. */
            word: string;
            /** @description How sure the engine is, from 0 to 1, where it says so. */
            confidence: number | null;
        };
    };
    responses: {
        /** @description Unauthorized: `invalid_api_key`. */
        invalid_api_key_401: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Too Many Requests: `rate_limited`. */
        rate_limited_429: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Internal Server Error: `internal_error`. */
        internal_error_500: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Service Unavailable: `service_unavailable`. */
        service_unavailable_503: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Unsupported Media Type: `unsupported_media_type`. */
        unsupported_media_type_415: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Request Entity Too Large: `request_too_large`. */
        request_too_large_413: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Not Found: `not_found`. */
        not_found_404: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Bad Request: `invalid_json`. */
        invalid_json_400: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Conflict: `idempotency_key_in_use`. */
        idempotency_key_in_use_409: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Conflict: `invalid_state`. */
        invalid_state_409: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Conflict: `upload_already_used`. */
        upload_already_used_409: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Unprocessable Entity: `unknown_field`. */
        unknown_field_422: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: {
        /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
        IdempotencyKey: string;
        /** @description The id of the event: the same on every attempt and redelivery, so deal with each id once. */
        WebhookId: string;
        /** @description When this attempt was made, in seconds since 1970. Refuse what is minutes old or ahead. */
        WebhookTimestamp: string;
        /** @description `v1,` and the base64 of the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` under the secret, decoded from base64 without its `whsec_`. For a day after a rotation there are two of them, with a space between. */
        WebhookSignature: string;
    };
    requestBodies: never;
    headers: {
        /** @description The id of this request, as in our logs. Quote it to support. */
        "X-Request-Id": string;
        /** @description How many requests a minute are taken. */
        "RateLimit-Limit": number;
        /** @description How many of them are left. */
        "RateLimit-Remaining": number;
        /** @description The seconds until all of them are back. */
        "RateLimit-Reset": number;
        /** @description The seconds to wait before asking again. */
        "Retry-After": number;
        /** @description The name to save the file under, after the title, in whatever letters. */
        "Content-Disposition": string;
        /** @description Names this revision of the file. Sent back in `If-None-Match`, it is answered 304 until something changes. */
        ETag: string;
        /** @description The address of what was created. */
        Location: string;
        /** @description `true` when this is the answer to an earlier request with the same Idempotency-Key. */
        "Idempotent-Replayed": "true";
    };
    pathItems: never;
}
export type Account = components['schemas']['Account'];
export type ActionItem = components['schemas']['ActionItem'];
export type AnsweredBy = components['schemas']['AnsweredBy'];
export type ArtifactStatus = components['schemas']['ArtifactStatus'];
export type Artifacts = components['schemas']['Artifacts'];
export type AttemptError = components['schemas']['AttemptError'];
export type BroughtTranscript = components['schemas']['BroughtTranscript'];
export type Bullet = components['schemas']['Bullet'];
export type Change = components['schemas']['Change'];
export type Chapter = components['schemas']['Chapter'];
export type Citation = components['schemas']['Citation'];
export type Cost = components['schemas']['Cost'];
export type DeleteEdit = components['schemas']['DeleteEdit'];
export type DeliveryState = components['schemas']['DeliveryState'];
export type Edited = components['schemas']['Edited'];
export type Edits = components['schemas']['Edits'];
export type Engine = components['schemas']['Engine'];
export type EngineNotes = components['schemas']['EngineNotes'];
export type Error = components['schemas']['Error'];
export type ErrorCode = components['schemas']['ErrorCode'];
export type ErrorObject = components['schemas']['ErrorObject'];
export type Event = components['schemas']['Event'];
export type EventList = components['schemas']['EventList'];
export type EventType = components['schemas']['EventType'];
export type ExportFormat = components['schemas']['ExportFormat'];
export type Failure = components['schemas']['Failure'];
export type FailureCode = components['schemas']['FailureCode'];
export type Key = components['schemas']['Key'];
export type Links = components['schemas']['Links'];
export type Me = components['schemas']['Me'];
export type Mention = components['schemas']['Mention'];
export type MergeEdit = components['schemas']['MergeEdit'];
export type MergeSpeakersEdit = components['schemas']['MergeSpeakersEdit'];
export type Month = components['schemas']['Month'];
export type NewQuestion = components['schemas']['NewQuestion'];
export type NewShare = components['schemas']['NewShare'];
export type NewTranscription = components['schemas']['NewTranscription'];
export type NewUpload = components['schemas']['NewUpload'];
export type NewWebhookEndpoint = components['schemas']['NewWebhookEndpoint'];
export type PartEngine = components['schemas']['PartEngine'];
export type PartEngines = components['schemas']['PartEngines'];
export type Pipeline = components['schemas']['Pipeline'];
export type PipelineCode = components['schemas']['PipelineCode'];
export type PipelineList = components['schemas']['PipelineList'];
export type Preset = components['schemas']['Preset'];
export type ProgressEvent = components['schemas']['ProgressEvent'];
export type Quality = components['schemas']['Quality'];
export type Question = components['schemas']['Question'];
export type QuestionList = components['schemas']['QuestionList'];
export type QuestionToOne = components['schemas']['QuestionToOne'];
export type Quote = components['schemas']['Quote'];
export type ReassignEdit = components['schemas']['ReassignEdit'];
export type Recording = components['schemas']['Recording'];
export type Redelivery = components['schemas']['Redelivery'];
export type ReplaceEdit = components['schemas']['ReplaceEdit'];
export type Result = components['schemas']['Result'];
export type Retention = components['schemas']['Retention'];
export type RetentionWish = components['schemas']['RetentionWish'];
export type Revision = components['schemas']['Revision'];
export type RevisionList = components['schemas']['RevisionList'];
export type RevisionToChange = components['schemas']['RevisionToChange'];
export type Search = components['schemas']['Search'];
export type SearchHit = components['schemas']['SearchHit'];
export type Segment = components['schemas']['Segment'];
export type SegmentsEvent = components['schemas']['SegmentsEvent'];
export type SetTextEdit = components['schemas']['SetTextEdit'];
export type Share = components['schemas']['Share'];
export type ShareChanges = components['schemas']['ShareChanges'];
export type ShareList = components['schemas']['ShareList'];
export type SharePart = components['schemas']['SharePart'];
export type Sort = components['schemas']['Sort'];
export type Source = components['schemas']['Source'];
export type Speaker = components['schemas']['Speaker'];
export type SplitEdit = components['schemas']['SplitEdit'];
export type Stage = components['schemas']['Stage'];
export type Status = components['schemas']['Status'];
export type Summary = components['schemas']['Summary'];
export type TestEvent = components['schemas']['TestEvent'];
export type TestedEndpoint = components['schemas']['TestedEndpoint'];
export type Topic = components['schemas']['Topic'];
export type Transcription = components['schemas']['Transcription'];
export type TranscriptionChanges = components['schemas']['TranscriptionChanges'];
export type TranscriptionEvent = components['schemas']['TranscriptionEvent'];
export type TranscriptionList = components['schemas']['TranscriptionList'];
export type Understanding = components['schemas']['Understanding'];
export type Upload = components['schemas']['Upload'];
export type UploadPart = components['schemas']['UploadPart'];
export type UploadPartList = components['schemas']['UploadPartList'];
export type Usage = components['schemas']['Usage'];
export type UsageList = components['schemas']['UsageList'];
export type Usd = components['schemas']['Usd'];
export type Wallet = components['schemas']['Wallet'];
export type WantedParts = components['schemas']['WantedParts'];
export type Warning = components['schemas']['Warning'];
export type WebhookAttempt = components['schemas']['WebhookAttempt'];
export type WebhookDelivery = components['schemas']['WebhookDelivery'];
export type WebhookDeliveryList = components['schemas']['WebhookDeliveryList'];
export type WebhookEndpoint = components['schemas']['WebhookEndpoint'];
export type WebhookEndpointChanges = components['schemas']['WebhookEndpointChanges'];
export type WebhookEndpointList = components['schemas']['WebhookEndpointList'];
export type WebhookRedelivery = components['schemas']['WebhookRedelivery'];
export type Word = components['schemas']['Word'];
export type ResponseInvalidApiKey_401 = components['responses']['invalid_api_key_401'];
export type ResponseRateLimited_429 = components['responses']['rate_limited_429'];
export type ResponseInternalError_500 = components['responses']['internal_error_500'];
export type ResponseServiceUnavailable_503 = components['responses']['service_unavailable_503'];
export type ResponseUnsupportedMediaType_415 = components['responses']['unsupported_media_type_415'];
export type ResponseRequestTooLarge_413 = components['responses']['request_too_large_413'];
export type ResponseNotFound_404 = components['responses']['not_found_404'];
export type ResponseInvalidJson_400 = components['responses']['invalid_json_400'];
export type ResponseIdempotencyKeyInUse_409 = components['responses']['idempotency_key_in_use_409'];
export type ResponseInvalidState_409 = components['responses']['invalid_state_409'];
export type ResponseUploadAlreadyUsed_409 = components['responses']['upload_already_used_409'];
export type ResponseUnknownField_422 = components['responses']['unknown_field_422'];
export type ParameterIdempotencyKey = components['parameters']['IdempotencyKey'];
export type ParameterWebhookId = components['parameters']['WebhookId'];
export type ParameterWebhookTimestamp = components['parameters']['WebhookTimestamp'];
export type ParameterWebhookSignature = components['parameters']['WebhookSignature'];
export type HeaderXRequestId = components['headers']['X-Request-Id'];
export type HeaderRateLimitLimit = components['headers']['RateLimit-Limit'];
export type HeaderRateLimitRemaining = components['headers']['RateLimit-Remaining'];
export type HeaderRateLimitReset = components['headers']['RateLimit-Reset'];
export type HeaderRetryAfter = components['headers']['Retry-After'];
export type HeaderContentDisposition = components['headers']['Content-Disposition'];
export type HeaderETag = components['headers']['ETag'];
export type HeaderLocation = components['headers']['Location'];
export type HeaderIdempotentReplayed = components['headers']['Idempotent-Replayed'];
export type $defs = Record<string, never>;
export interface operations {
    list_transcriptions: {
        parameters: {
            query?: {
                /** @description How many to return at most. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only those with this status. */
                status?: components["schemas"]["Status"];
                /** @description Only those of this pipeline, also of one that is not there any more. */
                pipeline_code?: string;
                /** @description Only those made after this time; it names its time zone. */
                created_after?: string;
                /** @description Only those made before this time; it names its time zone. */
                created_before?: string;
                /** @description Only those whose title contains this, in whatever case. */
                q?: string;
                /** @description Only those in which this language was heard, as their `language` says it. */
                language?: string;
                /** @description Only those with this tag, in whatever case; with all of several that are separated by commas. */
                tag?: string[];
                /** @description Only those with all these pairs: `metadata[customer]=42`. */
                metadata?: {
                    [key: string]: string;
                };
                /**
                 * @description What comes first: the `newest`, the `oldest`, the first by `title`, the `longest`, or what `finished` last, after
                 *     what is not finished yet. A cursor belongs to its sort.
                 */
                sort?: components["schemas"]["Sort"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TranscriptionList"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    create_transcription: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTranscription"];
            };
        };
        responses: {
            /** @description Accepted. Wait for it, stream its events, or look again later. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcription"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Payment Required: `insufficient_funds`, `account_owes`, `monthly_cap_reached`. */
            402: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not Found: `pipeline_not_found`, `upload_not_found`. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflict: `pipeline_unavailable`, `upload_incomplete`, `upload_already_used`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `url_not_allowed`, `idempotency_key_reused`, `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    get_transcription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transcription. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcription"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    delete_transcription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    update_transcription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TranscriptionChanges"];
            };
        };
        responses: {
            /** @description The transcription as changed. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcription"];
                };
            };
            400: components["responses"]["invalid_json_400"];
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    cancel_transcription: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transcription, canceled. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcription"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Conflict: `invalid_state`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    retry_transcription: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: a transcription with an id of its own. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcription"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Payment Required: `insufficient_funds`, `account_owes`, `monthly_cap_reached`. */
            402: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not Found: `pipeline_not_found`, `not_found`. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflict: `invalid_state`, `pipeline_unavailable`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    understand_transcription: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: the transcription, its artifacts pending. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcription"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Conflict: `invalid_state`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    get_transcription_result: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was said. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Result"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Conflict: `not_ready`, `source_unreachable`, `url_not_media`, `media_undecodable`, `media_no_audio`, `media_too_long`, `media_too_large`, `upload_corrupted`, `provider_error`, `provider_rejected`, `provider_timeout`, `canceled`, `processing_crashed`, `stalled`, `transcription_failed`, `max_cost_exceeded`, `insufficient_funds`, `account_owes`, `monthly_cap_reached`, `url_not_allowed`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    wait_for_transcription: {
        parameters: {
            query?: {
                /** @description How many seconds to wait at most. While too many others wait, the answer comes at once. */
                timeout?: number;
            };
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transcription, final or not. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcription"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    stream_transcription_events: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `status` carries the transcription, `progress` its stage and progress, `segments` those that became known. Lines that begin with a colon keep the connection open. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    list_trash: {
        parameters: {
            query?: {
                /** @description How many to return at most. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TranscriptionList"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    trash_transcription: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transcription, in the trash. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcription"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            409: components["responses"]["idempotency_key_in_use_409"];
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    restore_transcription: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transcription, where it was. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcription"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            409: components["responses"]["idempotency_key_in_use_409"];
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    delete_transcription_media: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The recording is gone. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            409: components["responses"]["invalid_state_409"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    edit_transcription: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edits"];
            };
        };
        responses: {
            /** @description What came of it. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Conflict: `invalid_state`, `revision_conflict`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    undo_edit: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevisionToChange"];
            };
        };
        responses: {
            /** @description What came of it. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Conflict: `invalid_state`, `revision_conflict`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    redo_edit: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevisionToChange"];
            };
        };
        responses: {
            /** @description What came of it. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Conflict: `invalid_state`, `revision_conflict`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    list_revisions: {
        parameters: {
            query?: {
                /** @description How many to return at most. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionList"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    export_transcription: {
        parameters: {
            query: {
                /**
                 * @description The limits of captions. `broadcast`: 2 lines of 42 characters, up to 7 seconds and 20 characters a second, after
                 *     Netflix's and the BBC's guides; `social`: a line of 24, up to 3 seconds and 25 a second; `plain`: 2 lines of 80, up
                 *     to 12 seconds and 30 a second. Wide characters (Chinese, Japanese, Korean) count as two.
                 */
                preset?: components["schemas"]["Preset"];
                /** @description Characters in a line of a caption at most, in place of the preset's. A longer word has a line of its own. */
                max_chars_per_line?: number;
                /** @description Lines of a caption at most, in place of the preset's. */
                max_lines?: number;
                /** @description Seconds that a caption is shown at most, in place of the preset's. */
                max_seconds?: number;
                /** @description How fast a caption may have to be read, in place of the preset's. Where people speak faster, this gives way. */
                max_chars_per_second?: number;
                /** @description Whether to say who speaks. Left out, every format does but SRT. */
                speakers?: boolean;
                /** @description Whether text, Markdown, Word, PDF and tables say when it is said. */
                timestamps?: boolean;
                /** @description What kind of file. */
                format: components["schemas"]["ExportFormat"];
            };
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Result"];
                    "application/x-subrip": string;
                    "text/vtt": string;
                    "text/plain": string;
                    "text/markdown": string;
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": unknown;
                    "application/pdf": unknown;
                    "text/csv": string;
                    "application/json+chapters": string;
                };
            };
            /** @description It is as in `If-None-Match`. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Conflict: `not_ready`, `chapters_unavailable`, `source_unreachable`, `url_not_media`, `media_undecodable`, `media_no_audio`, `media_too_long`, `media_too_large`, `upload_corrupted`, `provider_error`, `provider_rejected`, `provider_timeout`, `canceled`, `processing_crashed`, `stalled`, `transcription_failed`, `max_cost_exceeded`, `insufficient_funds`, `account_owes`, `monthly_cap_reached`, `url_not_allowed`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    export_transcriptions: {
        parameters: {
            query: {
                /**
                 * @description The limits of captions. `broadcast`: 2 lines of 42 characters, up to 7 seconds and 20 characters a second, after
                 *     Netflix's and the BBC's guides; `social`: a line of 24, up to 3 seconds and 25 a second; `plain`: 2 lines of 80, up
                 *     to 12 seconds and 30 a second. Wide characters (Chinese, Japanese, Korean) count as two.
                 */
                preset?: components["schemas"]["Preset"];
                /** @description Characters in a line of a caption at most, in place of the preset's. A longer word has a line of its own. */
                max_chars_per_line?: number;
                /** @description Lines of a caption at most, in place of the preset's. */
                max_lines?: number;
                /** @description Seconds that a caption is shown at most, in place of the preset's. */
                max_seconds?: number;
                /** @description How fast a caption may have to be read, in place of the preset's. Where people speak faster, this gives way. */
                max_chars_per_second?: number;
                /** @description Whether to say who speaks. Left out, every format does but SRT. */
                speakers?: boolean;
                /** @description Whether text, Markdown, Word, PDF and tables say when it is said. */
                timestamps?: boolean;
                /** @description Which transcriptions, separated by commas; all of them completed. */
                transcription_ids: string[];
                /** @description Which kinds of files of each, separated by commas. */
                formats: components["schemas"]["ExportFormat"][];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The zip, sent while it is made. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": unknown;
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Conflict: `not_ready`, `source_unreachable`, `url_not_media`, `media_undecodable`, `media_no_audio`, `media_too_long`, `media_too_large`, `upload_corrupted`, `provider_error`, `provider_rejected`, `provider_timeout`, `canceled`, `processing_crashed`, `stalled`, `transcription_failed`, `max_cost_exceeded`, `insufficient_funds`, `account_owes`, `monthly_cap_reached`, `url_not_allowed`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    list_shares: {
        parameters: {
            query?: {
                /** @description How many to return at most. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareList"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    create_share: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewShare"];
            };
        };
        responses: {
            /** @description The link. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Conflict: `too_many_shares`, `not_ready`, `source_unreachable`, `url_not_media`, `media_undecodable`, `media_no_audio`, `media_too_long`, `media_too_large`, `upload_corrupted`, `provider_error`, `provider_rejected`, `provider_timeout`, `canceled`, `processing_crashed`, `stalled`, `transcription_failed`, `max_cost_exceeded`, `insufficient_funds`, `account_owes`, `monthly_cap_reached`, `url_not_allowed`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    get_share: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a share link, `shr_…`. */
                share_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    delete_share: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a share link, `shr_…`. */
                share_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It works no more. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    update_share: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a share link, `shr_…`. */
                share_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ShareChanges"];
            };
        };
        responses: {
            /** @description The link as changed. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
            400: components["responses"]["invalid_json_400"];
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    search_library: {
        parameters: {
            query: {
                /** @description What to look for: words, a phrase, or a question. */
                q: string;
                /** @description How many moments to return at most. */
                limit?: number;
                /** @description Only what this person says, by the name that is shown, else by the label. */
                speaker?: string;
                /** @description Only in this transcription. Left out, the whole library is searched. */
                transcription_id?: string;
                /** @description Only in those of this pipeline, also of one that is not there any more. */
                pipeline_code?: string;
                /** @description Only in those made after this time; it names its time zone. */
                created_after?: string;
                /** @description Only in those made before this time; it names its time zone. */
                created_before?: string;
                /** @description Only in those whose title contains this, in whatever case. */
                title?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The moments, the best first. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Search"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    search_transcription: {
        parameters: {
            query: {
                /** @description What to look for: words, a phrase, or a question. */
                q: string;
                /** @description How many moments to return at most. */
                limit?: number;
                /** @description Only what this person says, by the name that is shown, else by the label. */
                speaker?: string;
            };
            header?: never;
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The moments, the best first. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Search"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    list_questions: {
        parameters: {
            query?: {
                /** @description How many to return at most. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuestionList"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    ask_library: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewQuestion"];
            };
        };
        responses: {
            /** @description The answer with its citations. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Question"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            409: components["responses"]["idempotency_key_in_use_409"];
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    ask_transcription: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a transcription, `tr_…`. */
                transcription_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuestionToOne"];
            };
        };
        responses: {
            /** @description The answer with its citations. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Question"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            409: components["responses"]["idempotency_key_in_use_409"];
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    get_question: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a question, `qa_…`. */
                question_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer with its citations. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Question"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    delete_question: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a question, `qa_…`. */
                question_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    create_quote: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTranscription"];
            };
        };
        responses: {
            /** @description The price. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quote"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Not Found: `pipeline_not_found`, `upload_not_found`. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflict: `pipeline_unavailable`, `upload_incomplete`, `upload_already_used`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `url_not_allowed`, `idempotency_key_reused`, `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    create_upload: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUpload"];
            };
        };
        responses: {
            /** @description Where to send the bytes. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            409: components["responses"]["idempotency_key_in_use_409"];
            /** @description Request Entity Too Large: `media_too_large`, `request_too_large`. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    get_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an upload, `up_…`. */
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The upload. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Not Found: `upload_not_found`, `not_found`. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    delete_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an upload, `up_…`. */
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Not Found: `upload_not_found`, `not_found`. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: components["responses"]["upload_already_used_409"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    create_upload_parts: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of an upload, `up_…`. */
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedParts"];
            };
        };
        responses: {
            /** @description Where to send them. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadPartList"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Not Found: `upload_not_found`, `not_found`. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflict: `upload_already_used`, `invalid_state`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    complete_upload: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of an upload, `up_…`. */
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The upload. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Not Found: `upload_not_found`, `not_found`. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Conflict: `upload_incomplete`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    list_webhook_endpoints: {
        parameters: {
            query?: {
                /** @description How many to return at most. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
                /** @description The endpoint of this transcription alone, made by its `webhook_url`. Left out, those of the account. */
                transcription_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointList"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    create_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWebhookEndpoint"];
            };
        };
        responses: {
            /** @description The endpoint, with its secret. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Conflict: `too_many_webhook_endpoints`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `url_not_allowed`, `idempotency_key_reused`, `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    get_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a webhook endpoint, `whe_…`. */
                webhook_endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    delete_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a webhook endpoint, `whe_…`. */
                webhook_endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    update_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a webhook endpoint, `whe_…`. */
                webhook_endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebhookEndpointChanges"];
            };
        };
        responses: {
            /** @description The endpoint as changed. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            400: components["responses"]["invalid_json_400"];
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `url_not_allowed`, `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    rotate_webhook_secret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a webhook endpoint, `whe_…`. */
                webhook_endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint, with its new secret. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            409: components["responses"]["idempotency_key_in_use_409"];
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    test_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a webhook endpoint, `whe_…`. */
                webhook_endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery of the test. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Conflict: `invalid_state`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    list_webhook_deliveries: {
        parameters: {
            query?: {
                /** @description How many to return at most. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only those in this state. */
                state?: components["schemas"]["DeliveryState"];
            };
            header?: never;
            path: {
                /** @description The id of a webhook endpoint, `whe_…`. */
                webhook_endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryList"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    redeliver_webhook_events: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a webhook endpoint, `whe_…`. */
                webhook_endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Redelivery"];
            };
        };
        responses: {
            /** @description How many are on their way. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookRedelivery"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Conflict: `invalid_state`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`, `invalid_field`, `missing_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    get_webhook_delivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a webhook delivery, `whd_…`. */
                webhook_delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    redeliver_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns the first answer, with another request it is refused. A refusal keeps nothing. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The id of a webhook delivery, `whd_…`. */
                webhook_delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery, pending. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description Bad Request: `invalid_idempotency_key`, `invalid_json`. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            /** @description Conflict: `invalid_state`, `idempotency_key_in_use`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["request_too_large_413"];
            415: components["responses"]["unsupported_media_type_415"];
            /** @description Unprocessable Entity: `idempotency_key_reused`, `unknown_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    list_events: {
        parameters: {
            query?: {
                /** @description How many to return at most. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only what happened from this time on, which names its time zone, or after the event with this id. */
                since?: string;
                /** @description Only events of this type. */
                type?: components["schemas"]["EventType"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    get_event: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an event, `evt_…`. */
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            404: components["responses"]["not_found_404"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    get_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            422: components["responses"]["unknown_field_422"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    list_pipelines: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every pipeline. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineList"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            422: components["responses"]["unknown_field_422"];
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    list_usage: {
        parameters: {
            query?: {
                /** @description The first UTC day, or a time in it. Left out, the first of the last day's month. */
                from?: string;
                /** @description The last UTC day, or a time in it, at most a year after the first. Left out, today. */
                to?: string;
                /** @description What one row is about. */
                group_by?: "day" | "pipeline" | "api_key";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One row a group. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageList"];
                };
            };
            401: components["responses"]["invalid_api_key_401"];
            /** @description Unprocessable Entity: `unknown_field`, `invalid_field`. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["rate_limited_429"];
            500: components["responses"]["internal_error_500"];
            503: components["responses"]["service_unavailable_503"];
        };
    };
    on_transcription_completed: {
        parameters: {
            query?: never;
            header: {
                /** @description The id of the event: the same on every attempt and redelivery, so deal with each id once. */
                "webhook-id": components["parameters"]["WebhookId"];
                /** @description When this attempt was made, in seconds since 1970. Refuse what is minutes old or ahead. */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /** @description `v1,` and the base64 of the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` under the secret, decoded from base64 without its `whsec_`. For a day after a rotation there are two of them, with a space between. */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TranscriptionEvent"];
            };
        };
        responses: {
            /** @description Gone: the endpoint is switched off. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. Of the body 1,024 bytes are kept for the log. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    on_transcription_failed: {
        parameters: {
            query?: never;
            header: {
                /** @description The id of the event: the same on every attempt and redelivery, so deal with each id once. */
                "webhook-id": components["parameters"]["WebhookId"];
                /** @description When this attempt was made, in seconds since 1970. Refuse what is minutes old or ahead. */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /** @description `v1,` and the base64 of the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` under the secret, decoded from base64 without its `whsec_`. For a day after a rotation there are two of them, with a space between. */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TranscriptionEvent"];
            };
        };
        responses: {
            /** @description Gone: the endpoint is switched off. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. Of the body 1,024 bytes are kept for the log. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    on_webhook_test: {
        parameters: {
            query?: never;
            header: {
                /** @description The id of the event: the same on every attempt and redelivery, so deal with each id once. */
                "webhook-id": components["parameters"]["WebhookId"];
                /** @description When this attempt was made, in seconds since 1970. Refuse what is minutes old or ahead. */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /** @description `v1,` and the base64 of the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` under the secret, decoded from base64 without its `whsec_`. For a day after a rotation there are two of them, with a space between. */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestEvent"];
            };
        };
        responses: {
            /** @description Gone: the endpoint is switched off. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. Of the body 1,024 bytes are kept for the log. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
