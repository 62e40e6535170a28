using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FlowDispatch.EntityFramework.Migrations.Postgres
{
    /// <inheritdoc />
    internal partial class VariableSourcesAndRetention : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "owes_returns",
                table: "fd_executions",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "fd_custom_fields",
                columns: table => new
                {
                    organization_id = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_custom_fields", x => new { x.organization_id, x.name });
                });

            migrationBuilder.CreateTable(
                name: "fd_digest_keys",
                columns: table => new
                {
                    organization_id = table.Column<string>(type: "text", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_digest_keys", x => x.organization_id);
                });

            migrationBuilder.CreateTable(
                name: "fd_erased",
                columns: table => new
                {
                    organization_id = table.Column<string>(type: "text", nullable: false),
                    digest = table.Column<string>(type: "text", nullable: false),
                    kept = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_erased", x => new { x.organization_id, x.digest });
                });

            migrationBuilder.CreateTable(
                name: "fd_kept_totals",
                columns: table => new
                {
                    automation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    executions = table.Column<int>(type: "integer", nullable: false),
                    total = table.Column<int>(type: "integer", nullable: false),
                    sent = table.Column<int>(type: "integer", nullable: false),
                    delivered = table.Column<int>(type: "integer", nullable: false),
                    read = table.Column<int>(type: "integer", nullable: false),
                    replied = table.Column<int>(type: "integer", nullable: false),
                    completed = table.Column<int>(type: "integer", nullable: false),
                    failed = table.Column<int>(type: "integer", nullable: false),
                    skipped = table.Column<int>(type: "integer", nullable: false),
                    cancelled = table.Column<int>(type: "integer", nullable: false),
                    pending = table.Column<int>(type: "integer", nullable: false),
                    open = table.Column<int>(type: "integer", nullable: false),
                    last_number = table.Column<int>(type: "integer", nullable: false),
                    last_id = table.Column<Guid>(type: "uuid", nullable: false),
                    last_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_kept_totals", x => x.automation_id);
                });

            migrationBuilder.CreateTable(
                name: "fd_pruned",
                columns: table => new
                {
                    execution = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_pruned", x => x.execution);
                });

            migrationBuilder.CreateIndex(
                name: "IX_fd_uploads_organization_id_number",
                table: "fd_uploads",
                columns: new[] { "organization_id", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_executions_ended",
                table: "fd_executions",
                column: "completed_at",
                filter: "status IN (3, 4, 5)");

            migrationBuilder.CreateIndex(
                name: "IX_fd_executions_owing",
                table: "fd_executions",
                column: "number",
                filter: "owes_returns");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "fd_custom_fields");

            migrationBuilder.DropTable(
                name: "fd_digest_keys");

            migrationBuilder.DropTable(
                name: "fd_erased");

            migrationBuilder.DropTable(
                name: "fd_kept_totals");

            migrationBuilder.DropTable(
                name: "fd_pruned");

            migrationBuilder.DropIndex(
                name: "IX_fd_uploads_organization_id_number",
                table: "fd_uploads");

            migrationBuilder.DropIndex(
                name: "IX_fd_executions_ended",
                table: "fd_executions");

            migrationBuilder.DropIndex(
                name: "IX_fd_executions_owing",
                table: "fd_executions");

            migrationBuilder.DropColumn(
                name: "owes_returns",
                table: "fd_executions");
        }
    }
}
