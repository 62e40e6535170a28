using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FlowDispatch.EntityFramework.Migrations.Postgres
{
    /// <inheritdoc />
    internal partial class CountersRewrittenInPlace : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_fd_counters_open",
                table: "fd_counters");

            migrationBuilder.AddColumn<bool>(
                name: "has_open",
                table: "fd_counters",
                type: "boolean",
                nullable: false,
                computedColumnSql: "open > 0",
                stored: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_counters_open",
                table: "fd_counters",
                column: "execution",
                filter: "has_open");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_fd_counters_open",
                table: "fd_counters");

            migrationBuilder.DropColumn(
                name: "has_open",
                table: "fd_counters");

            migrationBuilder.CreateIndex(
                name: "IX_fd_counters_open",
                table: "fd_counters",
                column: "execution",
                filter: "open > 0");
        }
    }
}
